select refund_id, sale_id, {{ '-' if env_var('BAKERY_TROUBLE', 'none') == 'warning' }} amount as amount
from {{ source('till', 'refunds') }}
