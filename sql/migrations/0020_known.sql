-- Why: what memory keeps of a ticket's own fields.
--
-- Clocks whose span or day a field gives ask for its value again and again, so memory has it; a daemon that starts brings
-- it back from here. Other values are read from intake and its amendments when somebody asks. A JSON object, as the daemon
-- writes it.

SET LOCAL ROLE duban_owner;

ALTER TABLE duban.ticket ADD COLUMN known text;
