package dev.sdlora.pipeline.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.MemoryPolicy;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.api.make.FileFormat;
import dev.sdlora.api.make.WeightConversion;
import dev.sdlora.api.model.WeightFormat;
import dev.sdlora.families.memory.MemoryNeed;
import dev.sdlora.pipeline.FamilyFiles;
import dev.sdlora.pipeline.Fixtures;
import dev.sdlora.pipeline.TinyPipeline;
import dev.sdlora.pipeline.request.RequestMemory;
import dev.sdlora.pipeline.request.RequestPart;
import dev.sdlora.pipeline.request.RequestPlan;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.Origin;
import dev.sdlora.tensors.weights.StoredFormat;
import dev.sdlora.testkit.TinyFamilies;
import dev.sdlora.testkit.TinyModels;
import dev.sdlora.testkit.TinyTransformers;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Memory estimates of models in quantised files, held to the bytes of their parts and scratch. */
@Tag("slow")
class QuantisedMemoryTest {
  private static final ImageSize SIZE = new ImageSize(64, 64);

  @TempDir Path folder;

  private static Path file(String model) {
    return switch (model) {
      case "sd1" -> TinyModels.CHECKPOINT;
      case "sdxl" -> TinyFamilies.sdxl();
      case "klein" -> TinyTransformers.klein();
      case "z-image" -> TinyTransformers.zImageTurbo();
      default -> TinyTransformers.flux1Dev();
    };
  }

  private static CheckpointParts parts(String model) {
    Path above = TinyTransformers.klein().resolveSibling("..");
    return switch (model) {
      case "klein" -> parts(above.resolve("vae/flux2-vae.safetensors"));
      case "z-image" -> parts(above.resolve("vae/ae.safetensors"));
      case "flux1" ->
          CheckpointParts.builder()
              .textEncoder(above.resolve("text_encoders/clip_l.safetensors"))
              .textEncoder2(above.resolve("text_encoders/t5xxl_fp16.safetensors"))
              .vae(above.resolve("vae/ae.safetensors"))
              .build();
      default -> CheckpointParts.DEFAULT;
    };
  }

  private static CheckpointParts parts(Path vae) {
    return CheckpointParts.builder().textEncoder(TinyTransformers.textEncoder()).vae(vae).build();
  }

  private Pipeline open(String model, FileFormat format, MemoryPolicy policy, WeightFormat held) {
    Path input = file(model);
    if (model.equals("sdxl")) {
      input = FamilyFiles.withWholeVocabulary(input, folder.resolve("sdxl.safetensors"));
    }
    Path path = folder.resolve(model + (format.inGguf() ? ".gguf" : "-8.safetensors"));
    WeightConversion.of(input, format).write(path);
    return Fixtures.float32()
        .checkpoint(Checkpoint.open(path, parts(model)))
        .memoryPolicy(policy)
        .weights(held)
        .build();
  }

  /** Bytes of the values and scales as the files store them, and of the other weights. */
  private static long bytes(LiveWeights weights) {
    long bytes = 0;
    for (Map.Entry<String, Origin> weight : weights.origins().entrySet()) {
      Origin origin = weight.getValue();
      long elements = origin.entry().elements();
      long rows = origin.shape().isEmpty() ? 1 : origin.shape().get(0);
      Optional<StoredFormat> format = weights.format(weight.getKey());
      bytes +=
          format.isEmpty()
              ? 4 * elements
              : switch (origin.file().storage(origin.entry())) {
                case "Q8_0" -> elements / 32 * 34;
                case "Q5_0" -> elements / 32 * 22;
                case "Q4_0" -> elements / 32 * 18;
                case "float8_e4m3", "float8_e4m3 scaled" -> elements + 4;
                case "int8 scaled" -> elements + 4 * rows;
                // Rounded while it is read.
                case "bfloat16", "float16", "float32" -> elements + 4 * rows;
                default -> throw new AssertionError(origin.file().storage(origin.entry()));
              };
    }
    return bytes;
  }

  /** The largest weight that a layer widens, in float32. */
  private static long scratch(LiveWeights weights) {
    return weights.origins().entrySet().stream()
        .filter(each -> weights.format(each.getKey()).isPresent())
        .filter(each -> !each.getKey().contains("embed"))
        .filter(each -> !each.getKey().equals("shared.weight"))
        .mapToLong(each -> 4 * each.getValue().entry().elements())
        .max()
        .orElse(0);
  }

  private static RequestMemory memory(Pipeline pipeline) {
    PromptSpec spec = pipeline.checkpoint().defaults().toBuilder().prompt("a cat").build();
    return new RequestMemory(TinyPipeline.model(pipeline), spec, Optional.empty(), SIZE);
  }

  @ParameterizedTest
  @CsvSource({
    "sd1, Q8_0, AS_STORED",
    "sd1, FP8, AS_STORED",
    "sd1, BF16, INT8",
    "sdxl, Q4_0, AS_STORED",
    "sdxl, INT8, AS_STORED",
    "klein, Q8_0, AS_STORED",
    "klein, FP8_SCALED, AS_STORED",
    "klein, BF16, INT8",
    "z-image, Q5_0, AS_STORED",
    "z-image, INT8, AS_STORED",
    "flux1, Q4_0, AS_STORED",
    "flux1, FP8, AS_STORED"
  })
  void need_isThatOfThePartsAndScratch(String model, FileFormat format, WeightFormat held) {
    try (Pipeline sparing = open(model, format, MemoryPolicy.SPARING, held);
        Pipeline keeping = open(model, format, MemoryPolicy.KEEP, held)) {
      Model local = TinyPipeline.model(sparing);
      LiveWeights denoiser = local.networks().denoiser().weights();
      assertThat(denoiser.isStored()).isTrue();
      assertThat(denoiser.bytes()).isEqualTo(bytes(denoiser));
      long encoders =
          local.networks().encoders().stream().mapToLong(each -> bytes(each.weights())).sum();
      assertThat(local.memory().textEncoders().bytes()).isEqualTo(encoders);
      assertThat(TinyPipeline.model(keeping).memory().textEncoders().bytes()).isZero();
      boolean unet = local.family().unetConfig().isPresent();
      long read = unet ? 0 : bytes(denoiser);
      assertThat(local.memory().denoiser().bytes()).isEqualTo(read);
      double call = memory(keeping).sampling().nativeBytes();
      assertThat(memory(sparing).sampling().nativeBytes()).isEqualTo(call + read);
      double widening = unet ? call - wide(model, format) : call - transformer(local);
      assertThat(widening).isEqualTo((double) scratch(denoiser));
    }
  }

  /** The estimate of a call with float32 weights; that of a U-Net is the same with all of them. */
  private double wide(String model, FileFormat format) {
    try (Pipeline wide = open(model, format, MemoryPolicy.KEEP, WeightFormat.FLOAT32)) {
      return memory(wide).sampling().nativeBytes();
    }
  }

  private static double transformer(Model model) {
    PromptSpec spec = model.checkpoint().defaults();
    return model.family().callMemory(spec, SIZE, false, 4, 1).orElseThrow().bytes();
  }

  /** Under SPARING, patched weights are read again for each request. */
  @ParameterizedTest
  @ValueSource(strings = {"sd1", "klein"})
  void need_ofPatchedWeights_isCountedWhenTheyAreRead(String model) {
    Path lora =
        model.equals("sd1")
            ? TinyModels.LORA
            : TinyTransformers.kleinLoras().resolve("lora_kohya.safetensors");
    PromptSpec plain = PromptSpec.builder().prompt("a cat").size(64, 64).steps(1).seed(1).build();
    PromptSpec spec =
        plain.toBuilder().loraMode(LoraMode.PATCHED).lora(LoraAdapter.open(lora)).build();
    try (Pipeline pipeline =
        open(model, FileFormat.BF16, MemoryPolicy.SPARING, WeightFormat.INT8)) {
      Model local = TinyPipeline.model(pipeline);
      double before = need(local, spec);
      double patched = before - need(local, plain);
      assertThat(patched)
          .isEqualTo(
              (double) local.loras().widened().bytes(part(local, spec).first().loras().patched()))
          .isPositive();
      pipeline.generate(spec);
      double after = need(local, spec);
      if (model.equals("klein")) {
        assertThat(after).isEqualTo(before);
      } else {
        // The U-Net stays, with its patches; the text encoder is read again with its own.
        assertThat(after).isBetween(before - patched, before - 1);
      }
    }
  }

  private static double need(Model model, PromptSpec spec) {
    MemoryNeed need = part(model, spec).need(model, false);
    return need.nativeBytes();
  }

  private static RequestPart part(Model model, PromptSpec spec) {
    return RequestPlan.resolve(model, spec).parts().get(0);
  }
}
