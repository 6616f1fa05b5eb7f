package dev.sdlora.server.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Limits of keys, with a clock that the test controls. */
class QuotasTest {
  private static final long NOON = TimeUnit.HOURS.toMillis(12);
  private static final Key KEY = new Key("web", "0".repeat(64), 5, 6, 2, 10, false);

  private final AtomicLong millis = new AtomicLong(NOON);
  private final Usage usage = Usage.inMemory();
  private final Quotas quotas =
      new Quotas(
          () -> usage, () -> TimeUnit.MILLISECONDS.toNanos(millis.get()), () -> millis.get());

  private void admit(int unfinished, double secondsToAnEnd) {
    Caller.of(KEY).handle(() -> quotas.admit(unfinished, () -> secondsToAnEnd));
  }

  private void count(int images) {
    Caller.of(KEY).handle(() -> quotas.count(millis.get(), images));
  }

  private static QuotaException refusal(Runnable request) {
    return catchThrowableOfType(QuotaException.class, request::run);
  }

  private void waitFor(QuotaException refused) {
    millis.addAndGet(TimeUnit.SECONDS.toMillis((long) Math.ceil(refused.seconds())));
  }

  @Test
  void minute_afterTheToldTime_isAccepted_andNotBefore() {
    for (int i = 0; i < 6; i++) {
      admit(0, 0);
    }
    QuotaException refused = refusal(() -> admit(0, 0));
    assertThat(refused).hasMessageContaining("'web' may start 6 jobs per minute (jobsPerMinute)");
    assertThat(refused.seconds()).isEqualTo(10);
    millis.addAndGet(TimeUnit.SECONDS.toMillis(9));
    assertThat(refusal(() -> admit(0, 0)).seconds()).isEqualTo(1);
    waitFor(refusal(() -> admit(0, 0)));
    admit(0, 0);
  }

  @Test
  void unfinished_theLongerWaitIsTold_andNothingIsTaken() {
    QuotaException full = refusal(() -> admit(2, 7));
    assertThat(full).hasMessageContaining("'web' may have 2 waiting and running jobs (maxJobs)");
    assertThat(full.seconds()).isEqualTo(7);
    for (int i = 0; i < 6; i++) {
      admit(1, 7);
    }
    assertThat(refusal(() -> admit(2, 7)).limit()).isEqualTo(QuotaException.Limit.JOBS_PER_MINUTE);
    assertThat(refusal(() -> admit(2, 70)).limit()).isEqualTo(QuotaException.Limit.MAX_JOBS);
  }

  @Test
  void images_untilTheDayEnds() {
    count(8);
    QuotaException refused = refusal(() -> count(3));
    assertThat(refused).hasMessageContaining("10 images per day (imagesPerDay) and has 2 left");
    assertThat(refused.seconds()).isEqualTo(12 * 3600);
    quotas.takeBack(new Sender(Optional.of("web"), 0, Optional.empty()), millis.get(), 0, 1);
    count(3);
    assertThat(quotas.today("web")).isEqualTo(new Usage.Day(2, 10));
    waitFor(refusal(() -> count(1)));
    count(10);
    assertThatThrownBy(() -> count(11))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("11 images; API key 'web' may draw 10 per day");
  }

  @Test
  void withoutAKey_nothingIsLimited() {
    quotas.count(0, 1_000_000);
    quotas.admit(1_000_000, () -> 1);
    assertThat(Caller.current()).isEqualTo(Caller.ANYONE);
  }

  @Test
  void rank_aStepOfPriorityIsAMinuteOfWaiting() {
    Sender high = new Sender(Optional.of("web"), 2, Optional.empty());
    assertThat(high.rank(1000 + 2 * 60_000)).isEqualTo(Sender.ANYONE.rank(1000));
    assertThat(high.rank(1000 + 2 * 60_000 - 1)).isLessThan(Sender.ANYONE.rank(1000));
  }
}
