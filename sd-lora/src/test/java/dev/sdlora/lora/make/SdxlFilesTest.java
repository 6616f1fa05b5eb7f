package dev.sdlora.lora.make;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.make.MakingListener;
import dev.sdlora.api.make.spi.MakingBackend.Ranks;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.lora.format.LoraModule;
import dev.sdlora.lora.plan.LoraUse;
import dev.sdlora.lora.plan.ModelNames;
import dev.sdlora.lora.plan.ModuleIndex;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.tensors.torch.Torch;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names and metadata of files for SDXL and SD 2 that are made from other files. */
class SdxlFilesTest {
  private static final ModuleIndex SDXL =
      new ModuleIndex(
          Map.of(
              Network.UNET, ModelNames.unet(ModelNames.TINY_SDXL),
              Network.TEXT_ENCODER, ModelNames.clip(32, 64, 5),
              Network.TEXT_ENCODER_2, ModelNames.clip(64, 128, 4)));

  @TempDir Path folder;
  private final Random random = new Random(5);

  private float[] floats(long count) {
    float[] values = new float[(int) count];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** The modules of a file by kohya's trainer, with factors of rank 2. */
  private LoraFile kohya() {
    SafetensorsWriter writer =
        new SafetensorsWriter().metadata("ss_base_model_version", "sdxl_base_v1-0");
    ModelNames.resource("sdxl-lora.txt.gz")
        .forEach(
            (key, size) -> {
              long out = size.get(0);
              long in = size.get(1);
              writer.tensor(key + ".lora_down.weight", List.of(2L, in), floats(2 * in), DType.F32);
              writer.tensor(key + ".lora_up.weight", List.of(out, 2L), floats(2 * out), DType.F32);
              writer.tensor(key + ".alpha", List.of(), new float[] {1}, DType.F32);
            });
    Path path = folder.resolve("kohya.safetensors");
    writer.write(path);
    return LoraFile.open(path);
  }

  private LoraFile convert(LoraFile lora, KeyNaming style) {
    Path path = folder.resolve(style + ".safetensors");
    new Conversion(lora, SDXL, style, style.names(lora.family()), false)
        .write(
            path, Conversion.metadata(lora.file().metadata(), lora.family()), MakingListener.NONE);
    return LoraFile.open(path);
  }

  private static Set<String> keys(LoraFile lora) {
    return lora.modules().stream().map(LoraModule::key).collect(Collectors.toSet());
  }

  @Test
  void write_otherStyleAndBack_hasTheNamesOfBoth() {
    LoraFile lora = kohya();
    LoraFile peft = convert(lora, KeyNaming.PEFT);
    assertThat(keys(peft))
        .hasSize(296)
        .contains(
            "unet.down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q",
            "text_encoder.text_model.encoder.layers.0.mlp.fc1",
            "text_encoder_2.text_model.encoder.layers.3.self_attn.q_proj");
    assertThat(peft.family()).isEqualTo(ModelFamily.SDXL);
    assertThat(keys(convert(peft, KeyNaming.KOHYA))).isEqualTo(keys(lora));
  }

  @Test
  void run_resizedAndMerged_keepsTheNamesOfTheTrainer() {
    LoraFile lora = kohya();
    LoraFile peft = convert(lora, KeyNaming.PEFT);
    Path path = folder.resolve("merged.safetensors");
    try (Torch torch = Torch.open("cpu");
        AdapterFile target = AdapterFile.create(path, DType.F32)) {
      new Combination(
              torch, SDXL, KeyNaming.KOHYA.names(ModelFamily.SDXL), Optional.of(new Ranks(1, 1)))
          .run(
              List.of(new LoraUse("a", lora, 1, 1), new LoraUse("b", peft, 0.5, 0.5)),
              target,
              MakingListener.NONE);
      target.write(new AdapterMetadata().model(ModelFamily.SDXL).pairs());
    }
    LoraFile merged = LoraFile.open(path);
    assertThat(keys(merged)).isEqualTo(keys(lora));
    assertThat(merged.rank()).isEqualTo(1);
  }

  /** OpenCLIP's fused projection becomes three modules. */
  @Test
  void write_fusedProjection_isWrittenInThree() {
    String fused = "conditioner.embedders.1.model.transformer.resblocks.2.attn.in_proj";
    SafetensorsWriter writer = new SafetensorsWriter();
    writer.tensor(fused + ".lora_A.weight", List.of(2L, 64L), floats(128), DType.F32);
    float[] up = floats(3 * 128);
    writer.tensor(fused + ".lora_B.weight", List.of(192L, 2L), up, DType.F32);
    Path path = folder.resolve("fused.safetensors");
    writer.write(path);
    LoraFile kohya = convert(LoraFile.open(path), KeyNaming.KOHYA);
    String layer = "lora_te2_text_model_encoder_layers_2_self_attn_";
    assertThat(keys(kohya))
        .containsExactlyInAnyOrder(layer + "q_proj", layer + "k_proj", layer + "v_proj");
    try (TensorFile.Reader reader = kohya.file().reader()) {
      float[] key = reader.floats(kohya.file().find(layer + "k_proj.lora_up.weight").orElseThrow());
      assertThat(key).containsExactly(Arrays.copyOfRange(up, 128, 256));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "SD1, false, sd_v1, stable-diffusion-v1/lora, epsilon",
    "SD2, false, sd_v2, stable-diffusion-v2-512/lora, epsilon",
    "SD2, true, sd_v2_v, stable-diffusion-v2-768-v/lora, v",
    "SDXL, false, sdxl_base_v1-0, stable-diffusion-xl-v1-base/lora, epsilon",
    "SDXL, true, sdxl_base_v1-0, stable-diffusion-xl-v1-base/lora, v"
  })
  void pairs_family_areThoseOfKohyasTrainer(
      ModelFamily family, boolean velocity, String version, String architecture, String predicts) {
    Map<String, String> pairs =
        new AdapterMetadata()
            .velocity(velocity)
            .model(family)
            .specification(family, "title", Instant.EPOCH)
            .pairs();
    assertThat(pairs)
        .containsEntry("ss_base_model_version", version)
        .containsEntry("ss_v2", family == ModelFamily.SD2 ? "True" : "False")
        .containsEntry("modelspec.architecture", architecture)
        .containsEntry("modelspec.prediction_type", predicts);
    assertThat(AdapterMetadata.predictsVelocity(pairs)).isEqualTo(velocity);
  }
}
