package dev.sdlora.server.loras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.demo.model.DemoModel;
import dev.sdlora.request.json.Fields;
import dev.sdlora.server.http.Refusal;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class EffectsTest {
  private static final long SECOND = 1_000_000_000L;

  private final AtomicLong nanos = new AtomicLong();
  private final LoraAdapter lora =
      LoraAdapter.open(DemoModel.loras().resolve("ink_lines.safetensors"));
  private final LoraAdapter another = lora.withStrength(0.5);
  private Map<String, String> told = Map.of();

  private final Effects effects = new Effects(this::measure, Duration.ZERO, nanos::get);

  /** Takes 40 seconds; halfway, another request is refused. */
  private ObjectNode measure(LoraAdapter measured) {
    nanos.addAndGet(10 * SECOND);
    told = catchThrowableOfType(Refusal.class, () -> effects.of(lora.withStrength(0.25))).headers();
    nanos.addAndGet(30 * SECOND);
    return Fields.object();
  }

  @Test
  void busy_retryAfter_isTheRestOfTheMeasurement_byTheOneBefore() throws InterruptedException {
    effects.of(lora);
    Map<String, String> first = told;
    effects.of(another);
    assertThat(first).isEqualTo(Map.of("Retry-After", "5"));
    assertThat(told).isEqualTo(Map.of("Retry-After", "30"));
  }
}
