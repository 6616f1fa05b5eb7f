package dev.sdlora.pipeline.make;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.make.CreatedCheckpoint;
import dev.sdlora.api.make.CreatedLora;
import dev.sdlora.api.make.LoraBaking;
import dev.sdlora.api.make.LoraConversion;
import dev.sdlora.api.make.LoraExtraction;
import dev.sdlora.api.make.LoraMerging;
import dev.sdlora.api.make.LoraResizing;
import dev.sdlora.api.model.NumberFormat;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.tensors.number.Floats;
import dev.sdlora.testkit.TinyFamilies;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests of merging for SD 2.x and SDXL, whose files contain OpenCLIP's projections in one tensor
 * and its text projection transposed.
 */
@Tag("slow")
class FamilyMakingTest {
  private static final int SDXL_MODULES = 296;

  @TempDir private Path folder;

  private static float half(float value) {
    return Floats.fromHalf(Floats.toHalf(value));
  }

  private static float bfloat16(float value) {
    return Floats.fromBfloat16(Floats.toBfloat16(value));
  }

  /**
   * Merges a LoRA into a checkpoint and compares all weights with those of a pipeline with the LoRA
   * patched in.
   */
  private Path bake(Path checkpoint, LoraAdapter lora, int modules, UnaryOperator<Float> rounding) {
    Path file = folder.resolve(lora.name() + "-baked.safetensors");

    CreatedCheckpoint baked = LoraBaking.into(checkpoint, List.of(lora)).write(file);

    assertThat(baked)
        .isEqualTo(
            new CreatedCheckpoint(
                file, modules, baked.kept(), List.of(), baked.weights(), baked.changeError()));
    Map<String, float[]> patched = TinyFiles.weights(checkpoint, List.of(lora));
    Map<String, float[]> stored = TinyFiles.weights(file, List.of());
    assertThat(stored.keySet()).isEqualTo(patched.keySet());
    stored.forEach(
        (name, values) -> {
          float[] wanted = Objects.requireNonNull(patched.get(name)).clone();
          for (int i = 0; i < wanted.length; i++) {
            wanted[i] = rounding.apply(wanted[i]);
          }
          assertThat(values).as(name).isEqualTo(wanted);
        });
    return file;
  }

  private static Map<String, String> changed(Path before, Path after) {
    Map<String, String> tensors = TinyFiles.tensors(after);
    assertThat(tensors.keySet()).isEqualTo(TinyFiles.tensors(before).keySet());
    tensors.entrySet().removeAll(TinyFiles.tensors(before).entrySet());
    return tensors;
  }

  @Test
  void bake_everyModuleOfSdxl_isWhatPatchedGivesRoundedOnce() {
    LoraAdapter lora = LoraAdapter.open(TinyFamilies.sdxlLora()).withStrength(0.7);

    bake(TinyFamilies.sdxl(), lora, SDXL_MODULES, FamilyMakingTest::half);
  }

  @Test
  void bake_oneThirdOfAFusedTensor_leavesTheOthersAlone() {
    Path lora =
        TinyFiles.randomLora(
            TinyFamilies.sd2(),
            folder.resolve("v.safetensors"),
            3,
            DType.F32,
            name -> name.contains("layers.0.self_attn.v_proj") || name.contains("conv_out"));

    Path file = bake(TinyFamilies.sd2(), LoraAdapter.open(lora), 2, FamilyMakingTest::bfloat16);

    assertThat(changed(TinyFamilies.sd2(), file).keySet())
        .isEqualTo(
            Set.of(
                "model.diffusion_model.out.2.weight",
                "cond_stage_model.model.transformer.resblocks.0.attn.in_proj_weight"));
  }

  @Test
  void bake_theTextProjection_isTurnedAsTheFileHasIt() {
    Path lora =
        TinyFiles.randomLora(
            TinyFamilies.sdxl(),
            folder.resolve("p.safetensors"),
            4,
            DType.F32,
            name -> name.contains("text_projection"));

    Path file = bake(TinyFamilies.sdxl(), LoraAdapter.open(lora), 1, FamilyMakingTest::half);

    assertThat(changed(TinyFamilies.sdxl(), file).keySet())
        .isEqualTo(Set.of("conditioner.embedders.1.model.text_projection"));
  }

  @Test
  void extract_bakedSdxl_givesFactorsForAllNetworks_whichOtherMakingTakes() {
    Path base =
        TinyFiles.inFloat32(TinyFamilies.sdxl(), folder.resolve("base.safetensors"), name -> true);
    Path tuned = folder.resolve("tuned.safetensors");
    LoraBaking.into(base, List.of(LoraAdapter.open(TinyFamilies.sdxlLora()))).write(tuned);

    Path file = folder.resolve("extracted.safetensors");
    CreatedLora made =
        LoraExtraction.between(base, tuned)
            .rank(1)
            .convolutions(true)
            .fileFormat(NumberFormat.FLOAT32)
            .write(file);

    assertThat(made.keptEnergy()).isGreaterThan(0.9999);
    assertThat(TensorFile.open(file).tensors().keySet())
        .contains(
            "lora_te1_text_model_encoder_layers_0_self_attn_q_proj.lora_up.weight",
            "lora_te2_text_model_encoder_layers_1_self_attn_k_proj.lora_down.weight",
            "lora_unet_input_blocks_4_1_transformer_blocks_0_attn1_to_q.alpha");
    assertThat(TensorFile.open(file).metadata())
        .containsEntry("ss_base_model_version", "sdxl_base_v1-0");
    Path resized = folder.resolve("resized.safetensors");
    LoraResizing.of(file).rank(1).fileFormat(NumberFormat.FLOAT32).write(resized);
    Path peft = folder.resolve("peft.safetensors");
    LoraConversion.toPeft(resized).write(peft);
    Path merged = folder.resolve("merged.safetensors");
    LoraMerging.of(
            List.of(
                LoraAdapter.open(peft).withStrength(0.5), LoraAdapter.open(file).withStrength(0.5)))
        .rank(2)
        .fileFormat(NumberFormat.FLOAT32)
        .write(merged);
    Map<String, float[]> before = TinyFiles.weights(base, List.of());
    Map<String, float[]> wanted = TinyFiles.weights(tuned, List.of());
    for (Path lora : List.of(file, resized, peft, merged)) {
      CreatedCheckpoint baked =
          LoraBaking.into(base, List.of(LoraAdapter.open(lora)))
              .write(folder.resolve("again.safetensors"));
      assertThat(baked.unmatched()).isEmpty();
      assertThat(baked.changed()).isEqualTo(made.modules());
      TinyFiles.assertSameChange(
          TinyFiles.weights(folder.resolve("again.safetensors"), List.of()), wanted, before, 1e-4);
    }
  }
}
