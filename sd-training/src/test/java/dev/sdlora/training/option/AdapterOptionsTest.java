package dev.sdlora.training.option;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class AdapterOptionsTest {
  private static final AdapterOptions LOHA = AdapterOptions.of(AdapterKind.LOHA);
  private static final AdapterOptions IA3 = AdapterOptions.of(AdapterKind.IA3);
  private static final AdapterOptions DORA = AdapterOptions.DEFAULTS.withDora(true);

  private static void assertRefused(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }

  @Test
  void options_thatAKindDoesNotHave_areRefused() {
    assertRefused(() -> IA3.withDora(true), "dora must be false for IA3: true");
    assertRefused(
        () -> LOHA.withDropout(0.1, 0, 0),
        "dropout must be 0 for kinds other than LoRA and for DoRA: 0.1");
    assertRefused(
        () -> DORA.withDropout(0.1, 0, 0),
        "dropout must be 0 for kinds other than LoRA and for DoRA: 0.1");
    assertRefused(() -> IA3.withDropout(0, 0.1, 0), "rankDropout must be 0 for IA3: 0.1");
    assertRefused(
        () -> LOHA.withLoraPlusRatio(16),
        "loraPlusRatio must be 1 for kinds other than LoRA: 16.0");
    assertRefused(() -> IA3.withRankStabilised(true), "rankStabilised must be false for IA3: true");
    assertRefused(
        () -> LOHA.withDropout(0, 1, 0), "rankDropout must be at least 0 and below 1: 1.0");
    assertRefused(() -> LOHA.withLokrFactor(1), "lokrFactor must be -1 or at least 2: 1");
  }

  @Test
  void rules_added_areInOrder() {
    AdapterOptions options =
        LOHA.withRule(LayerRule.of("IN04").withRank(2)).withRule(LayerRule.leaveOut("MID"));

    assertThat(options.rules()).extracting(LayerRule::layers).containsExactly("IN04", "MID");
    assertThat(options.withDora(true).rules()).isEqualTo(options.rules());
  }
}
