-- Why: what a clock may look at besides class and urgency.
--
-- Regimes may owe key accounts more than others, so a ticket remembers what intake said of its customer.

SET LOCAL ROLE duban_owner;

ALTER TABLE duban.ticket ADD COLUMN key_account boolean NOT NULL DEFAULT false;
