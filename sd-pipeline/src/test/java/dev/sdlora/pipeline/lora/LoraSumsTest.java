package dev.sdlora.pipeline.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.lora.LoraConflicts;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.api.lora.LoraStrength;
import dev.sdlora.api.lora.StrengthSchedule;
import dev.sdlora.api.model.BlockChange;
import dev.sdlora.api.model.ModelPart;
import dev.sdlora.pipeline.Fixtures;
import dev.sdlora.testkit.TinyModels;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests warnings about sums of LoRAs that change a block of the U-Net too much. */
class LoraSumsTest {
  private static final LoraAdapter LORA = LoraAdapter.open(TinyModels.LORA);
  private static Pipeline pipeline;

  @BeforeAll
  static void open() {
    pipeline = Fixtures.float32().checkpoint(Checkpoint.open(Fixtures.CHECKPOINT)).build();
  }

  @AfterAll
  static void close() {
    pipeline.close();
  }

  private static List<String> warnings(LoraMode mode, LoraAdapter... loras) {
    PromptSpec.Builder spec =
        PromptSpec.builder().prompt("a cat").size(64, 64).steps(2).seed(5).loraMode(mode);
    for (LoraAdapter lora : loras) {
      spec.lora(lora);
    }
    return pipeline.generate(spec.build()).warnings().stream()
        .filter(text -> text.contains("of its weights"))
        .toList();
  }

  @ParameterizedTest
  @EnumSource(names = {"PATCHED", "OVERLAY"})
  void generate_farTooStrong_namesLoraBlockAndShare(LoraMode mode) {
    assertThat(warnings(mode, LORA.withStrength(3)))
        .singleElement()
        .asString()
        .contains("'tiny_lora' (3)", "of the U-Net", "of its weights", "lower its weight");
  }

  @Test
  void generate_small_saysNothing() {
    assertThat(warnings(LoraMode.AUTO, LORA.withStrength(0.5))).isEmpty();
    assertThat(warnings(LoraMode.AUTO)).isEmpty();
  }

  @Test
  void generate_sameFileTwice_addsUp() {
    LoraAdapter half = LORA.withStrength(1.5);
    assertThat(warnings(LoraMode.AUTO, half, half)).anyMatch(text -> text.contains("together"));
    assertThat(warnings(LoraMode.AUTO, half, LORA.withStrength(-1.5))).isEmpty();
  }

  @Test
  void generate_oneAfterTheOther_isNoSum() {
    LoraAdapter first = at("1@0,1@0.5,0@0.5,0@1");
    LoraAdapter second = at("0@0,0@0.5,1@0.5,1@1");
    assertThat(warnings(LoraMode.AUTO, first, second)).isEmpty();
  }

  private static LoraAdapter at(String schedule) {
    return LORA.withStrength(LoraStrength.of(0).withUnet(StrengthSchedule.parse(schedule)));
  }

  @Test
  void conflicts_throughTheApi_agreeWithEffect() {
    Checkpoint checkpoint = Checkpoint.open(Fixtures.CHECKPOINT);
    LoraAdapter peft = LoraAdapter.open(Fixtures.GOLDENS.resolve("lora_peft.safetensors"));
    LoraConflicts conflicts =
        LoraAdapter.conflicts(List.of(LORA, LORA.withStrength(0.5), peft), checkpoint);
    assertThat(conflicts.pairs()).hasSize(3);
    assertThat(conflicts.pairs().get(0).cosine()).isCloseTo(1, within(1e-6));
    assertThat(conflicts.pairs().get(0).shared()).isEqualTo(245);
    List<BlockChange> effect = LORA.effectOn(checkpoint).blocks();
    for (int i = 0; i < effect.size(); i++) {
      assertThat(conflicts.blocks().get(i).alone(0).relative())
          .isCloseTo(effect.get(i).relative(), within(1e-9));
    }
    assertThat(conflicts.harmful()).allMatch(block -> block.part() == ModelPart.UNET);
    assertThatThrownBy(() -> conflicts.blocks().get(0).pair(0, 3))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> LoraAdapter.conflicts(List.of(), checkpoint))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
