"""The operations that create, change and delete associations."""

from typing import Any

from ..wire.front import Operations
from ..wire.reading import Params
from .association_operations import AssociationOperations
from .associations import Associations
from .state_manager import StateManager


class AssociationChanges:
    """Answer those who set State Manager up."""

    def __init__(
        self, associations: Associations, state_manager: StateManager, questions: AssociationOperations
    ) -> None:
        self._associations, self._state_manager = associations, state_manager
        self._describe = questions.describe

    def operations(self) -> Operations:
        """Name the operations that this class answers."""
        return {
            "CreateAssociation": self.create,
            "UpdateAssociation": self.update,
            "DeleteAssociation": self.delete,
        }

    def create(self, params: Params) -> dict[str, Any]:
        """Create an association, which runs at once unless it says otherwise."""
        return self._describe({"AssociationId": self._state_manager.create(params).id})

    def update(self, params: Params) -> dict[str, Any]:
        """Change an association; what is not given is cleared."""
        association = self._associations.find(params["AssociationId"])
        given = {name: value for name, value in params.items() if name not in ("AssociationId", "AssociationVersion")}
        self._state_manager.update(association, given)
        return self._describe({"AssociationId": association.id})

    def delete(self, params: Params) -> dict[str, Any]:
        """Delete an association by its id."""
        self._state_manager.delete(self._associations.find(params.get("AssociationId", "")))
        return {}
