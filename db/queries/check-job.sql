-- Jobs whose parameters can't be read.
-- scan: a check looks at everything
SELECT 'job ' || id FROM job WHERE NOT json_valid(params)
