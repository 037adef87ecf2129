-- +goose Up
-- Attempts and requests for links count an IPv6 address by its /64 (internal/network).
update sign_in_attempts set address = network(set_masklen(address::inet, 64))::text
where address ~ '^[0-9a-fA-F:]+$' and position(':' in address) > 0;
update reset_requests set address = network(set_masklen(address::inet, 64))::text
where address ~ '^[0-9a-fA-F:]+$' and position(':' in address) > 0;
