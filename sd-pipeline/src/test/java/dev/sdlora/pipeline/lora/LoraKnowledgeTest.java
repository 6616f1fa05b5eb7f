package dev.sdlora.pipeline.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.lora.LoraDetails;
import dev.sdlora.api.lora.LoraEffect;
import dev.sdlora.api.model.BlockChange;
import dev.sdlora.api.model.ModelPart;
import dev.sdlora.pipeline.Fixtures;
import dev.sdlora.testkit.TinyModels;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Tests metadata of LoRAs and their changes to a checkpoint, through the public API. */
class LoraKnowledgeTest {
  private static final LoraAdapter LORA = LoraAdapter.open(TinyModels.LORA);

  @Test
  void details_goldenLora_hasItsModulesInBothNetworks() {
    LoraDetails details = LORA.details();
    assertThat(details.modules()).hasSize(LORA.modules());
    assertThat(details.modulesByPart())
        .containsEntry(ModelPart.TEXT_ENCODER, 30)
        .containsEntry(ModelPart.UNET, 215)
        .hasSize(2);
    assertThat(details.modulesByRank()).containsKey(LORA.rank());
    assertThat(LORA.kinds()).contains("LoRA", "LoCon");
    assertThat(LORA.autoV3()).matches("[0-9a-f]{12}");
  }

  @Test
  void effectOn_checkpoint_namesEveryBlockInOrder() {
    LoraEffect effect = LORA.effectOn(Checkpoint.open(Fixtures.CHECKPOINT));

    assertThat(effect.matched()).isEqualTo(215 + 30);
    assertThat(effect.unmatched()).isEmpty();
    assertThat(effect.changesAnything()).isTrue();
    Set<String> names = new LinkedHashSet<>();
    effect.blocks().forEach(block -> names.add(block.name()));
    assertThat(names)
        .containsSubsequence("layer 0", "layer 4", "IN01", "IN08", "MID", "OUT00", "OUT11");
    assertThat(effect.blocks())
        .allSatisfy(block -> assertThat(block.relative()).isPositive().isLessThan(100));
    BlockChange unet = Objects.requireNonNull(effect.byPart().get(ModelPart.UNET));
    assertThat(unet.weights()).isEqualTo(215);
  }

  @Test
  void effectOn_halfTheStrength_isHalfTheChange() {
    Checkpoint checkpoint = Checkpoint.open(Fixtures.CHECKPOINT);
    double whole = change(LORA.effectOn(checkpoint));
    assertThat(change(LORA.withStrength(-0.5).effectOn(checkpoint)) / whole)
        .isBetween(0.5 - 1e-6, 0.5 + 1e-6);
    LoraEffect none = LORA.withStrength(0).effectOn(checkpoint);
    assertThat(none.changesAnything()).isFalse();
    assertThat(none.blocks()).isEmpty();
    assertThat(none.matched()).isEqualTo(245);
  }

  private static double change(LoraEffect effect) {
    return effect.byPart().values().stream().mapToDouble(BlockChange::change).max().orElseThrow();
  }

  @Test
  void effectOn_otherFamily_isRefusedWithBothNames() {
    LoraAdapter sdxl = LoraAdapter.open(Fixtures.GOLDENS.resolve("lora_sdxl.safetensors"));
    Checkpoint checkpoint = Checkpoint.open(Fixtures.CHECKPOINT);
    assertThatThrownBy(() -> sdxl.effectOn(checkpoint))
        .isInstanceOf(LoraException.class)
        .hasMessageContaining("SDXL")
        .hasMessageContaining("SD 1.x");
  }
}
