package dev.sdlora.server.job.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.server.job.StoreException;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class OutageTest {
  private final AtomicLong clock = new AtomicLong();
  private final Outage outage = new Outage(clock::get);

  private static StoreException error(String cause) {
    return new StoreException(cause, new SQLException(cause));
  }

  @Test
  void began_sameCauseWithinAMinute_isLoggedOnce() {
    assertThat(outage.began(error("refused"))).isTrue();
    clock.addAndGet(TimeUnit.SECONDS.toNanos(59));
    assertThat(outage.began(error("refused"))).isFalse();
    outage.over();
    assertThat(outage.began(error("refused"))).isFalse();
    clock.addAndGet(TimeUnit.SECONDS.toNanos(1));
    assertThat(outage.began(error("refused"))).isTrue();
  }

  @Test
  void began_anotherCause_isLogged() {
    assertThat(outage.began(error("refused"))).isTrue();
    assertThat(outage.began(error("starting up"))).isTrue();
  }

  @Test
  void began_manyCauses_stopsAtALimit() {
    int logged = 0;
    for (int i = 0; i < 1000; i++) {
      logged += outage.began(error("cause " + i)) ? 1 : 0;
    }
    assertThat(logged).isEqualTo(20);
  }
}
