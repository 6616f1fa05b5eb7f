package dev.sdlora.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The rate limit, with a clock that the test controls. */
class RateLimitTest {
  private final AtomicLong nanos = new AtomicLong(-5);
  private final RateLimit limit = new RateLimit(6, nanos::get);

  private void pass(long seconds) {
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
  }

  @Test
  void aMinutesShareAtOnce_thenOneWheneverItsTimeHasCome() {
    for (int i = 0; i < 6; i++) {
      assertThat(limit.take("a")).isZero();
    }
    assertThat(limit.take("a")).isCloseTo(10, within(1e-6));
    assertThat(limit.take("b")).isZero();
    pass(9);
    assertThat(limit.take("a")).isCloseTo(1, within(1e-6));
    pass(1);
    assertThat(limit.take("a")).isZero();
    assertThat(limit.take("a")).isCloseTo(10, within(1e-6));
  }

  @Test
  void aBucketHoldsNoMoreThanAMinutesShare() {
    limit.take("a");
    pass(3600);
    for (int i = 0; i < 6; i++) {
      assertThat(limit.take("a")).isZero();
    }
    assertThat(limit.take("a")).isPositive();
  }

  @Test
  void clientsThatAskedLongAgoAreForgotten() {
    for (int i = 0; i < 6; i++) {
      limit.take("a");
    }
    for (int i = 0; i < 10_000; i++) {
      limit.take("client " + i);
    }
    assertThat(limit.take("a")).isZero();
  }
}
