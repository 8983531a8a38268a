-- Earlier documents of an amount or a number, latest first: ids rise with time.
CREATE INDEX analyses_by_total ON analyses (tenant, total, document_id);
CREATE INDEX analyses_by_number ON analyses (tenant, number, document_id);
