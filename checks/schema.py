"""The JSON Schema of the contract, so that an editor completes the words as they are typed.

`checks/contract.schema.json` is committed; `make schema` writes it again and a test compares.
"""

import json
from pathlib import Path
from typing import Any

from checks.contract import Contract

FILE = Path(__file__).with_name("contract.schema.json")


def contract_schema() -> str:
    """The schema as it must stand in the file."""
    schema = Contract.model_json_schema(by_alias=True)
    schema["title"] = "Contrat d’une table d’Ardoise"
    _complete_by_a_national_schema(schema)
    return json.dumps(schema, ensure_ascii=False, indent=1) + "\n"


def _complete_by_a_national_schema(schema: dict[str, Any]) -> None:
    """With `schema:`, columns come from elsewhere and those written here only complete some."""
    column = schema["$defs"]["Column"]
    whole = column.pop("required")
    column["required"] = ["name"]
    schema["required"].remove("columns")
    schema["if"] = {"required": ["schema"]}
    schema["else"] = {
        "required": ["columns"],
        "properties": {"columns": {"items": {"required": whole}}},
    }


if __name__ == "__main__":
    FILE.write_text(contract_schema(), encoding="utf-8")
