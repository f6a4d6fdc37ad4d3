"""What patching cannot remove by a finding's own fields, in SQL: expressions on the columns of its description."""

from postpatch.verdict.causes.kinds import LANGUAGE_MANAGERS

_FIXED = "one.fixed_in IS NOT NULL AND one.fixed_in NOT IN ('', 'NotAvailable')"
_ANY_FIXED = f"len(list_filter(packages, lambda one: {_FIXED})) > 0"
_SAYS_FIX = "COALESCE(fix_available IN ('YES', 'PARTIAL'), FALSE)"
_SYSTEM = "list_filter(packages, lambda one: one.manager IN ('OS', ''))"
_KNOWN = ", ".join(f"'{manager}'" for manager in ("OS", "", *sorted(LANGUAGE_MANAGERS)))
_STRANGE = f"list_filter(packages, lambda one: one.manager NOT IN ({_KNOWN}))"
_NO_PACKAGE = "type <> 'PACKAGE_VULNERABILITY' OR starts_with(vulnerability, 'IN-DISCONTINUED-')"
# As `causes.kinds.kind_of` has it: every kind that a finding's own fields settle. What they do not settle, patching may
# remove.
BEYOND_PATCHING = f"""
    CASE WHEN {_NO_PACKAGE} THEN TRUE
         WHEN len(list_filter({_SYSTEM}, lambda one: {_FIXED})) > 0 OR len({_STRANGE}) > 0 THEN FALSE
         WHEN len(packages) > 0 AND len({_SYSTEM}) = 0 THEN TRUE
         WHEN len({_SYSTEM}) > 0
              AND len(list_filter({_SYSTEM}, lambda one: one.fixed_in = 'NotAvailable')) = len({_SYSTEM})
              THEN {_ANY_FIXED} OR NOT {_SAYS_FIX}
         WHEN {_SAYS_FIX} THEN FALSE
         ELSE COALESCE(fix_available = 'NO', FALSE) END
"""
# Nobody has a fix: a language's package with a fix is none of these, since its owner may update it.
WITHOUT_FIX = f"({_NO_PACKAGE} OR ({BEYOND_PATCHING} AND NOT {_ANY_FIXED} AND NOT {_SAYS_FIX}))"
