package watch

import (
	"math"
	"time"
)

// latencies counts durations in buckets that are 2 % wide, so that a percentile is exact
// to that, and their number does not grow.
type latencies struct {
	counts [bucketCount]uint32
	total  uint64
	most   time.Duration
}

const (
	bucketBase  = time.Microsecond
	bucketWidth = 1.02
	bucketCount = 1100 // up to 47 minutes
)

func (l *latencies) add(d time.Duration) {
	i := 0
	if d > bucketBase {
		i = min(int(math.Log(float64(d)/float64(bucketBase))/math.Log(bucketWidth)), bucketCount-1)
	}
	l.counts[i]++
	l.total++
	l.most = max(l.most, d)
}

// percentile returns the duration that so many of a hundred do not exceed.
func (l *latencies) percentile(p float64) time.Duration {
	want, seen := uint64(math.Ceil(float64(l.total)*p/100)), uint64(0)
	for i, n := range l.counts {
		if seen += uint64(n); seen >= want && n > 0 && i < bucketCount-1 {
			return min(l.most, time.Duration(float64(bucketBase)*math.Pow(bucketWidth, float64(i+1))))
		}
	}
	return l.most
}
