package webhooks

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/lib/pq"
)

// How many messages a process sends at once: in all, of one distributor, and to one endpoint. A
// receiver holds its slot for as long as it does not answer, so a distributor has few of many.
const (
	atOnce         = 128
	perDistributor = 8
	perEndpoint    = 4
)

// slots counts what a process is sending. There are no rounds: each message frees its slot when it
// ends, whatever the others do.
type slots struct {
	mu          sync.Mutex
	sending     sync.WaitGroup
	endpoint    map[int64]int // messages under way by endpoint
	distributor map[int64]int // and by distributor
	all         int
	freed       chan struct{} // holds a value after one ended
}

func newSlots() *slots {
	return &slots{endpoint: map[int64]int{}, distributor: map[int64]int{}, freed: make(chan struct{}, 1)}
}

// start does the work of a message in a slot of its distributor and endpoint.
func (s *slots) start(m taken, work func()) {
	s.count(m, 1)
	s.sending.Go(func() {
		defer func() {
			s.count(m, -1)
			select {
			case s.freed <- struct{}{}:
			default:
			}
		}()
		work()
	})
}

func (s *slots) count(m taken, by int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all += by
	add(s.endpoint, m.EndpointID, by)
	add(s.distributor, m.DistributorID, by)
}

func add(to map[int64]int, key int64, by int) {
	if to[key] += by; to[key] == 0 {
		delete(to, key)
	}
}

// counts are the keys and values of a map, for SQL.
type counts struct{ keys, values pq.Int64Array }

func countsOf(m map[int64]int) (c counts) {
	for _, key := range slices.Sorted(maps.Keys(m)) {
		c.keys, c.values = append(c.keys, key), append(c.values, int64(m[key]))
	}
	return c
}

// busy returns how many slots are free, and the busy ones by endpoint and distributor.
func (s *slots) busy() (free int, endpoints, distributors counts) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return atOnce - s.all, countsOf(s.endpoint), countsOf(s.distributor)
}

// take takes messages that are due, as many as there are slots. Where these do not suffice for all,
// the distributors with the fewest messages under way come first. A failing endpoint gets one
// message at a time, and not before its retry_at, but for the tests of a person. Until they are due
// again no other process sends the messages; a process that dies meanwhile loses none.
func (s *Sender) take(ctx context.Context, in *slots) ([]taken, error) {
	free, endpoints, distributors := in.busy()
	if free <= 0 {
		return nil, nil
	}
	now := s.Now()
	var list []taken
	err := s.DB.SelectContext(ctx, &list, `
		with open as (
		    select e.id, e.distributor_id, e.failures, coalesce(e.retry_at <= $1, true) as ready,
		        coalesce(d.n, 0) as under_way,
		        case when e.failures > 0 then 1 else $3 end - coalesce(b.n, 0) as room
		    from webhook_endpoints e
		    left join unnest($6::bigint[], $7::bigint[]) b(id, n) on b.id = e.id
		    left join unnest($8::bigint[], $9::bigint[]) d(id, n) on d.id = e.distributor_id
		    where e.status = 'enabled'
		), due as (
		    select v.id, o.under_way + row_number() over (
		        partition by o.distributor_id order by o.failures > 0, v.next_attempt_at, v.id) as place
		    from open o cross join lateral (
		        (select t.id, t.next_attempt_at from webhook_deliveries t
		         where t.endpoint_id = o.id and t.event = 'test' and t.status = 'waiting' and t.next_attempt_at <= $1
		         order by t.next_attempt_at limit greatest(o.room, 0))
		        union all
		        (select m.id, m.next_attempt_at from webhook_deliveries m
		         where m.endpoint_id = o.id and m.event <> 'test' and m.status = 'waiting' and m.next_attempt_at <= $1
		           and o.ready
		         order by m.next_attempt_at limit greatest(o.room, 0))
		        limit greatest(o.room, 0)
		    ) v
		), mine as (
		    select v.id from webhook_deliveries v
		    where v.id = any(array(select id from due where place <= $4 order by place, id limit $5))
		      and v.status = 'waiting' and v.next_attempt_at <= $1
		    order by v.id for update skip locked
		)
		update webhook_deliveries v set next_attempt_at = $2, attempts = v.attempts + 1
		from mine, webhook_endpoints e join distributors d on d.id = e.distributor_id
		where v.id = mine.id and e.id = v.endpoint_id
		returning v.id, v.endpoint_id, v.event, v.message_id, v.payload, v.attempts, v.failures, v.occurred_at,
		  coalesce(v.order_id, 0) as order_id,
		    coalesce(v.subscription_id, 0) as subscription_id, e.url, e.secret, e.old_secret, e.old_secret_until,
		      e.distributor_id, d.parent_id is null as of_provider`,
		now, now.Add(takenFor), perEndpoint, perDistributor, free, endpoints.keys, endpoints.values, distributors.keys,
		distributors.values)
	if err != nil {
		return nil, fmt.Errorf("take webhook messages: %w", err)
	}
	for i := range list {
		list[i].began = now
	}
	return list, nil
}
