INSERT INTO duban.desk (name) VALUES ($1::text) ON CONFLICT (name) DO NOTHING
