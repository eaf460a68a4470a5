"""What moto 5.2.1 does otherwise than CloudFormation, set right for the tests.

Python imports this module on its own when the folder is in PYTHONPATH.
"""

from moto.cloudformation import parsing
from moto.ec2.models.subnets import SubnetBackend

clean_json = parsing.clean_json
parse_condition = parsing.parse_condition
create_subnet_association = SubnetBackend.create_subnet_association


def without_no_value(node, resources):
    """An item of a list that is AWS::NoValue is no item; moto leaves None."""
    value = clean_json(node, resources)
    if not isinstance(node, list):
        return value
    return [v for raw, v in zip(node, value) if v is not None or "Fn::If" not in raw]


def equals_as_text(condition, resources, conditions):
    """Fn::Equals compares text: the Number 0 equals '0', which moto denies."""
    if isinstance(condition, dict) and "Fn::Equals" in condition:
        left, right = without_no_value(condition["Fn::Equals"], resources)
        return str(left) == str(right)
    return parse_condition(condition, resources, conditions)


def seen_by_describe(self, route_table_id, subnet_id):
    """DescribeRouteTables shows the association; moto keeps it to itself."""
    self.associate_route_table(route_table_id, subnet_id=subnet_id)
    return create_subnet_association(self, route_table_id, subnet_id)


parsing.clean_json = without_no_value
parsing.parse_condition = equals_as_text
SubnetBackend.create_subnet_association = seen_by_describe
