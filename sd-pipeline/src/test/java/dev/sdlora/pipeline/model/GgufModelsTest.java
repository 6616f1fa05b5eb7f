package dev.sdlora.pipeline.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.ControlUnit;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.model.WeightFormat;
import dev.sdlora.pipeline.FamilyFiles;
import dev.sdlora.pipeline.Fixtures;
import dev.sdlora.pipeline.TinyPipeline;
import dev.sdlora.tensorkit.GgufWriter;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.testkit.TinyFamilies;
import dev.sdlora.testkit.TinyModels;
import dev.sdlora.testkit.TinyTransformers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that models in GGUF files draw the images of the same values in float32. */
@Tag("slow")
class GgufModelsTest {
  private static final String UNET = "model.diffusion_model.";

  @TempDir Path folder;

  /** The same weights in two files. */
  private record Both(Path gguf, Path float32) {}

  private static byte[] draw(Checkpoint checkpoint, PromptSpec spec) {
    try (Pipeline pipeline =
        Fixtures.float32().weights(WeightFormat.FLOAT32).checkpoint(checkpoint).build()) {
      return pipeline.generate(spec).images().get(0).image().rgb();
    }
  }

  /** Writes the tensors with a prefix, without it, as a GGUF file and as a safetensors file. */
  private Both write(Path of, String prefix, String architecture, String name) {
    return write(of, prefix, architecture, name, tensor -> tensor);
  }

  private Both write(
      Path of, String prefix, String architecture, String name, UnaryOperator<String> naming) {
    TensorFile file = TensorFile.open(of);
    GgufWriter writer = new GgufWriter().pair("general.architecture", architecture);
    SafetensorsWriter same = new SafetensorsWriter();
    try (TensorFile.Reader reader = file.reader()) {
      file.tensors().values().stream()
          .filter(entry -> entry.name().startsWith(prefix))
          .forEach(
              entry -> {
                String other = entry.name().substring(prefix.length());
                String stored = naming.apply(other);
                writer.tensor(stored, entry.shape(), reader.floats(entry));
                same.tensor(other, entry.shape(), writer.stored(stored), DType.F32);
              });
    }
    Path float32 = folder.resolve(name + ".safetensors");
    same.write(float32);
    return new Both(writer.write(folder.resolve(name + ".gguf")), float32);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sd1", "sdxl"})
  void generate_unetAlone_drawsTheImageOfTheSameValues(String set) {
    Path whole =
        FamilyFiles.withWholeVocabulary(
            FamilyFiles.checkpoint(set, folder), folder.resolve("whole.safetensors"));
    Path copy = DiffusersCopy.of(whole).write(folder.resolve("diffusers"));
    CheckpointParts.Builder builder =
        CheckpointParts.builder().vae(copy).textEncoder(copy.resolve("text_encoder"));
    if (set.equals("sdxl")) {
      builder.textEncoder2(copy.resolve("text_encoder_2").resolve("model.safetensors"));
    }
    CheckpointParts parts = builder.build();
    PromptSpec spec =
        PromptSpec.builder().prompt("a red cat").negativePrompt("ugly").steps(2).seed(7).build();
    Both unet = write(whole, UNET, set, "unet");
    Checkpoint checkpoint = Checkpoint.open(unet.gguf(), parts);
    assertThat(checkpoint.storage()).isIn("Q8_0", "float16");
    assertThat(draw(checkpoint, spec))
        .isEqualTo(draw(Checkpoint.open(unet.float32(), parts), spec))
        .isNotEqualTo(draw(Checkpoint.open(whole), spec));
    if (set.equals("sdxl")) {
      Path control = Fixtures.golden("control/tiny-control-lora-sdxl").path();
      ControlUnit unit = ControlUnit.builder(control, TinyPipeline.image(48, 40)).build();
      PromptSpec controlled = spec.toBuilder().controlUnit(unit).build();
      assertThat(draw(checkpoint, controlled))
          .isEqualTo(draw(Checkpoint.open(unet.float32(), parts), controlled))
          .isNotEqualTo(draw(checkpoint, spec));
    }
    Path lora = set.equals("sdxl") ? TinyFamilies.sdxlLora() : TinyModels.LORA;
    for (Precision precision : List.of(Precision.FLOAT32, Precision.BFLOAT16)) {
      HeldImages.assertDrawnAsStored(checkpoint, spec, lora, precision);
    }
  }

  @Test
  void generate_klein_drawsTheImageOfTheSameValues() {
    CheckpointParts parts =
        CheckpointParts.builder()
            .textEncoder(TinyTransformers.textEncoder())
            .vae(TinyTransformers.klein().resolveSibling("../vae/flux2-vae.safetensors"))
            .build();
    PromptSpec spec =
        PromptSpec.builder()
            .prompt("a red cat")
            .size(new ImageSize(64, 64))
            .steps(2)
            .seed(7)
            .build();
    Both klein = write(TinyTransformers.klein(), "", "flux", "klein");
    Checkpoint gguf = Checkpoint.open(klein.gguf(), parts);
    Checkpoint float32 = Checkpoint.open(klein.float32(), parts);
    byte[] image = draw(gguf, spec);
    assertThat(image).isEqualTo(draw(float32, spec));
    PromptSpec tuned =
        spec.toBuilder()
            .lora(
                LoraAdapter.open(TinyTransformers.kleinLoras().resolve("lora_kohya.safetensors"))
                    .withStrength(1))
            .build();
    assertThat(draw(gguf, tuned)).isEqualTo(draw(float32, tuned)).isNotEqualTo(image);
    for (Precision precision : List.of(Precision.FLOAT32, Precision.BFLOAT16)) {
      HeldImages.assertDrawnAsStored(
          gguf, spec, TinyTransformers.kleinLoras().resolve("lora_kohya.safetensors"), precision);
    }
  }

  /** Returns llama.cpp's name. */
  private static String llama(String name) {
    return name.replace("model.embed_tokens.", "token_embd.")
        .replace("model.norm.", "output_norm.")
        .replace("model.layers.", "blk.")
        .replace("input_layernorm", "attn_norm")
        .replace("post_attention_layernorm", "ffn_norm")
        .replace("self_attn.o_proj", "attn_output")
        .replace("self_attn.", "attn_")
        .replace("mlp.", "ffn_")
        .replace("_proj.", ".");
  }

  /** Only the rows of the prompt are widened in the table of tokens. */
  @Test
  void generate_quantisedTextEncoder_drawsTheImageOfTheSameValues() {
    Both encoder =
        write(TinyTransformers.textEncoder(), "", "qwen3", "Qwen3-4B", GgufModelsTest::llama);
    PromptSpec spec =
        PromptSpec.builder().prompt("a red cat").size(64, 64).steps(2).seed(7).build();
    List<byte[]> images = new ArrayList<>();
    for (Path file : List.of(encoder.gguf(), encoder.float32())) {
      CheckpointParts parts =
          CheckpointParts.builder()
              .textEncoder(file)
              .vae(TinyTransformers.klein().resolveSibling("../vae/flux2-vae.safetensors"))
              .build();
      try (Pipeline pipeline =
          Fixtures.float32().checkpoint(Checkpoint.open(TinyTransformers.klein(), parts)).build()) {
        images.add(pipeline.generate(spec).images().get(0).image().rgb());
      }
    }
    HeldImages.assertAlike(images.get(0), images.get(1), Precision.FLOAT32);
  }
}
