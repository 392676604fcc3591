-- The write lock at once, so that a transaction can not fail half way for
-- want of it.
BEGIN IMMEDIATE
