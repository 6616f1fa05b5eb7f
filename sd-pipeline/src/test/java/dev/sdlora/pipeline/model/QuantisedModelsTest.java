package dev.sdlora.pipeline.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.model.WeightFormat;
import dev.sdlora.pipeline.FamilyFiles;
import dev.sdlora.pipeline.model.QuantisedCopy.Layout;
import dev.sdlora.testkit.TinyFamilies;
import dev.sdlora.testkit.TinyModels;
import dev.sdlora.testkit.TinyTransformers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Models in quantised files draw the images of the same values in float32, with LoRAs too. */
@Tag("slow")
class QuantisedModelsTest {
  private static final PromptSpec SPEC =
      PromptSpec.builder().prompt("a red cat").size(64, 64).steps(2).seed(7).build();

  @TempDir Path folder;

  /** Returns an image without the LoRA, one with it, and one without it again. */
  private static List<byte[]> draw(Checkpoint checkpoint, Path lora, Precision precision) {
    PromptSpec adapted = SPEC.toBuilder().lora(LoraAdapter.open(lora).withStrength(0.8)).build();
    WeightFormat wide =
        precision == Precision.FLOAT32 ? WeightFormat.FLOAT32 : WeightFormat.BFLOAT16;
    try (Pipeline pipeline =
        Pipeline.builder().precision(precision).weights(wide).checkpoint(checkpoint).build()) {
      return Stream.of(SPEC, adapted, SPEC)
          .map(spec -> pipeline.generate(spec).images().get(0).image().rgb())
          .toList();
    }
  }

  private static void assertAlike(Checkpoint quantised, Checkpoint widened, Path lora) {
    for (Precision precision : List.of(Precision.FLOAT32, Precision.BFLOAT16)) {
      List<byte[]> images = draw(quantised, lora, precision);
      assertThat(images).containsExactlyElementsOf(draw(widened, lora, precision));
      assertThat(images.get(1)).isNotEqualTo(images.get(0));
      assertThat(images.get(2)).isEqualTo(images.get(0));
      HeldImages.assertDrawnAsStored(quantised, SPEC, lora, precision, images);
    }
  }

  private Path quantised(Path source, Layout layout) {
    return QuantisedCopy.write(source, folder.resolve("quantised.safetensors"), layout);
  }

  private Path widened(Path quantised) {
    return QuantisedCopy.widened(quantised, folder.resolve("widened.safetensors"));
  }

  @Test
  void generate_nf4_drawsTheImagesOfItsValues() {
    generate_singleFile_drawsTheImagesOfItsValues(Layout.NF4);
  }

  @Tag("slow")
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NF4")
  void generate_singleFile_drawsTheImagesOfItsValues(Layout layout) {
    Path file = quantised(TinyModels.CHECKPOINT, layout);
    assertAlike(Checkpoint.open(file), Checkpoint.open(widened(file)), TinyModels.LORA);
  }

  @Tag("slow")
  @ParameterizedTest
  @CsvSource({"SCALED", "NF4"})
  void generate_sdxl_drawsTheImagesOfItsValues(Layout layout) {
    Path whole =
        FamilyFiles.withWholeVocabulary(TinyFamilies.sdxl(), folder.resolve("whole.safetensors"));
    Path file = quantised(whole, layout);
    assertAlike(Checkpoint.open(file), Checkpoint.open(widened(file)), TinyFamilies.sdxlLora());
  }

  @Tag("slow")
  @Test
  void generate_folderWithQuantisedUNet_drawsTheImagesOfItsValues() {
    Path whole =
        FamilyFiles.withWholeVocabulary(TinyFamilies.sdxl(), folder.resolve("whole.safetensors"));
    Path stored = DiffusersCopy.of(whole).write(folder.resolve("stored"));
    Path values = DiffusersCopy.of(whole).write(folder.resolve("values"));
    String unet = "unet/diffusion_pytorch_model.safetensors";
    Path file = quantised(stored.resolve(unet), Layout.NF4);
    move(widened(file), values.resolve(unet));
    move(file, stored.resolve(unet));
    assertAlike(Checkpoint.open(stored), Checkpoint.open(values), TinyFamilies.sdxlLora());
  }

  @Test
  void generate_scaledTransformer_drawsTheImagesOfItsValues() {
    generate_transformer_drawsTheImagesOfItsValues("klein", Layout.SCALED);
  }

  @Tag("slow")
  @ParameterizedTest
  @CsvSource({
    "klein, PLAIN",
    "klein, ROTATED",
    "klein, NVFP4",
    "klein, NF4",
    "turbo, ROWS",
    "turbo, INTEGERS",
    "turbo, MXFP8",
    "turbo, NF4"
  })
  void generate_transformer_drawsTheImagesOfItsValues(String model, Layout layout) {
    boolean klein = model.equals("klein");
    Path source = klein ? TinyTransformers.klein() : TinyTransformers.zImageTurbo();
    Path vae =
        Objects.requireNonNull(source.getParent())
            .resolveSibling(klein ? "vae/flux2-vae.safetensors" : "vae/ae.safetensors");
    CheckpointParts parts =
        CheckpointParts.builder().textEncoder(TinyTransformers.textEncoder()).vae(vae).build();
    Path file = quantised(source, layout);
    Path lora =
        klein
            ? TinyTransformers.kleinLoras().resolve("lora_kohya.safetensors")
            : TinyTransformers.zImageLoras().resolve("lora_fused.safetensors");
    assertAlike(Checkpoint.open(file, parts), Checkpoint.open(widened(file), parts), lora);
  }

  /** As diffusers saves a model that was loaded in 4 bits. */
  @Tag("slow")
  @Test
  void generate_folderOfTransformer_drawsTheImagesOfItsValues() throws IOException {
    Path stored = copy(TinyTransformers.kleinFolder(), folder.resolve("stored"));
    Path values = copy(TinyTransformers.kleinFolder(), folder.resolve("values"));
    for (String name :
        List.of(
            "transformer/diffusion_pytorch_model.safetensors", "text_encoder/model.safetensors")) {
      Path file = quantised(stored.resolve(name), Layout.NF4);
      move(widened(file), values.resolve(name));
      move(file, stored.resolve(name));
    }
    Path settings = stored.resolve("transformer/config.json");
    Files.writeString(
        settings,
        Files.readString(settings)
            .replaceFirst(
                "\\{", "{\"quantization_config\": {\"quant_method\": \"bitsandbytes\"},"));
    assertAlike(
        Checkpoint.open(stored),
        Checkpoint.open(values),
        TinyTransformers.kleinLoras().resolve("lora_peft.safetensors"));
  }

  /** Few of the matrices have rows of whole blocks for MXFP8. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "MXFP8")
  void storage_ofQuantisedFile_isTheFormat(Layout layout) {
    Path file = quantised(TinyTransformers.zImageTurbo(), layout);
    CheckpointParts parts =
        CheckpointParts.builder()
            .textEncoder(TinyTransformers.zImageFolder().resolve("text_encoder"))
            .vae(TinyTransformers.zImageFolder().resolve("vae"))
            .build();
    assertThat(Checkpoint.open(file, parts).storage()).isEqualTo(layout.format);
  }

  private static void move(Path file, Path target) {
    try {
      Files.move(file, target, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path copy(Path source, Path target) throws IOException {
    try (Stream<Path> files = Files.walk(source)) {
      for (Path file : files.toList()) {
        Files.copy(file, target.resolve(source.relativize(file).toString()));
      }
    }
    return target;
  }
}
