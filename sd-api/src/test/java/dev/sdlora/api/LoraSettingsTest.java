package dev.sdlora.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.lora.BlockWeights;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.api.lora.LoraStrength;
import dev.sdlora.api.lora.StrengthSchedule;
import dev.sdlora.api.model.ModelFamily;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the LoRA settings of a request, and that copies keep them. */
class LoraSettingsTest {
  private static final LoraAdapter INK =
      new LoraAdapter(Path.of("ink.safetensors"), ModelFamily.SD1, 1, 4, Map.of());

  @Test
  void promptSpec_derived_keepsModeAndLenience() {
    PromptSpec plain = PromptSpec.builder().build();
    assertThat(plain.loraMode()).isEmpty();
    assertThat(plain.lenient()).isEmpty();
    PromptSpec derived =
        plain.toBuilder().loraMode(LoraMode.OVERLAY).lenient(false).build().toBuilder().build();
    assertThat(derived.loraMode()).contains(LoraMode.OVERLAY);
    assertThat(derived.lenient()).contains(false);
  }

  @Test
  void loraAdapter_derived_keepsEveryStrength() {
    StrengthSchedule fading = StrengthSchedule.parse("1@0,0@1");
    LoraStrength expected =
        LoraStrength.of(0.5)
            .withUnet(fading)
            .withBlocks(BlockWeights.preset("OUTALL"))
            .withRankLimit(OptionalInt.of(2));
    LoraAdapter adapter = INK.withStrength(expected);
    assertThat(adapter.strength()).isEqualTo(expected);
    assertThat(adapter)
        .isNotEqualTo(INK)
        .isEqualTo(INK.withStrength(2).withStrength(expected))
        .hasSameHashCodeAs(INK.withStrength(expected));
    assertThat(adapter.textEncoderStrength()).isEqualTo(0.5);
    assertThat(adapter.unetStrength()).isEqualTo(1);
    // One number for both networks keeps the block weights and the rank limit.
    assertThat(adapter.withStrength(0.3).strength())
        .isEqualTo(
            LoraStrength.of(0.3)
                .withBlocks(BlockWeights.preset("OUTALL"))
                .withRankLimit(OptionalInt.of(2)));
  }

  @Test
  void tagArguments_defaults_areLeftOut() {
    assertThat(LoraStrength.of(0.8).tagArguments()).isEqualTo("0.8");
    assertThat(LoraStrength.of(0, -1.25).tagArguments()).isEqualTo("0:-1.25");
    assertThat(
            LoraStrength.of(1)
                .withUnet(StrengthSchedule.parse("1@0,0@0.5"))
                .withBlocks(BlockWeights.preset("INS"))
                .withRankLimit(OptionalInt.of(8))
                .tagArguments())
        .isEqualTo("1:1@0,0@0.5:lbw=INS:dyn=8");
    assertThat(LoraStrength.of(0).withHires(0.8).tagArguments()).isEqualTo("0:hr=0.8");
  }

  @Test
  void withHires_otherSettings_holdInBothPasses() {
    StrengthSchedule fading = StrengthSchedule.parse("1@sigma5,0@sigma1");
    LoraStrength strength =
        LoraStrength.of(0)
            .withHires(0.3, fading)
            .withBlocks(BlockWeights.preset("INS"))
            .withRankLimit(OptionalInt.of(8))
            .withUnet(StrengthSchedule.constant(0.5))
            .withTextEncoder(0.25);

    assertThat(strength.changesInHires()).isTrue();
    assertThat(strength.inHires())
        .isEqualTo(
            LoraStrength.of(0.3)
                .withUnet(fading)
                .withBlocks(BlockWeights.preset("INS"))
                .withRankLimit(OptionalInt.of(8)));
    assertThat(strength.textEncoder()).isEqualTo(0.25);
    LoraStrength plain = LoraStrength.of(1);
    assertThat(plain.inHires()).isSameAs(plain);
    assertThat(plain.withHires(1)).isNotEqualTo(plain);
    assertThatThrownBy(() -> plain.withHires(Double.NaN))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void builders_notFinite_sayWhich(double value) {
    assertThatThrownBy(() -> INK.withStrength(value))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("textEncoderStrength must be finite: " + value);
    assertThatThrownBy(() -> LoraStrength.of(1, value))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("unetStrength must be finite: " + value);
  }

  @Test
  void builders_outOfRange_sayWhich() {
    assertThatThrownBy(() -> LoraStrength.of(1).withRankLimit(OptionalInt.of(0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("rankLimit must be at least 1: 0");
    assertThatThrownBy(() -> Pipeline.builder().concurrency(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("concurrency must be at least 1: 0");
  }
}
