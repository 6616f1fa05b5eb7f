package dev.sdlora.infotext;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.spi.CheckpointBuilder;
import dev.sdlora.infotext.key.ImageSettings;
import dev.sdlora.tensors.file.FileHashes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of warnings for a request that was read from a text and gives another image. */
final class ReproductionTest {
  private static final String START = "a cat by bad-artist\nSteps: 20, Sampler: Euler a, Seed: 1, ";

  @TempDir Path folder;
  private Path model = Path.of("");

  @BeforeEach
  void write() throws IOException {
    byte[] bytes = new byte[(1 << 20) + 100_000];
    new Random(1).nextBytes(bytes);
    model = Files.write(folder.resolve("mine.safetensors"), bytes);
  }

  @Test
  void warnings_ownTextOrNone_areNone() {
    PromptSpec built = PromptSpec.builder().prompt("a").build();
    String own = Infotext.write(made(built));

    assertThat(Reproduction.warnings(made(built), checkpoint())).isEmpty();
    assertThat(Reproduction.warnings(made(Infotext.parse(own)), checkpoint())).isEmpty();
  }

  @Test
  void warnings_textOfA1111_areNoneWhereAllIsThere() {
    assertThat(
            warnings(
                "Size: 64x64, Model hash: "
                    + FileHashes.autoV2(model)
                    + ", Model: renamed, Clip skip: 2, TI hashes: \"bad-artist: 0123456789ab\","
                    + " Lora hashes: \"ink: ba9876543210\", Pad conds: True, Version: v1.10.1"))
        .isEmpty();
  }

  @Test
  void warnings_otherModel_namesBoth() {
    assertThat(warnings("Model hash: 6ce0161689, Model: v1-5"))
        .containsExactly(
            "the text was written for the model 'v1-5' (hash 6ce0161689), but the checkpoint is"
                + " 'mine' (hash "
                + FileHashes.autoV2(model)
                + ")");
    assertThat(warnings("Model: other.ckpt")).singleElement().asString().contains("'other.ckpt'");
    assertThat(warnings("Model: mine.ckpt")).isEmpty();
    assertThat(warnings("Model hash: " + FileHashes.legacy(model))).isEmpty();
    assertThat(warnings("Model hash: 81761151")).hasSize(1);
    assertThat(warnings("Model hash: " + FileHashes.sha256(model))).isEmpty();
    assertThat(warnings("Model hash: 81761151" + "0".repeat(56))).hasSize(1);
  }

  @Test
  void warnings_embeddingMissingOrOther_namesIt() {
    assertThat(warnings("TI hashes: \"by bad: 0123456789ab\""))
        .containsExactly(
            "the text was written for the embedding 'by bad' (hash 0123456789ab), which the"
                + " pipeline does not have; its name was read as words");
    assertThat(warnings("TI hashes: \"bad-artist: 000000000000\""))
        .containsExactly(
            "embedding 'bad-artist' differs from the one in the metadata: hash 0123456789ab,"
                + " expected 000000000000");
    assertThat(warnings("Lora hashes: \"ink: 000000000000\""))
        .singleElement()
        .asString()
        .startsWith("LoRA 'ink' differs from the one in the metadata");
    // The prompt was changed and no longer names it.
    assertThat(warnings("TI hashes: \"gone: 0123456789ab\"")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Denoising strength: 0.5",
        "Denoising strength: 0.5, Mask blur: 4",
        "Init image hash: 0123456789",
        "Noise multiplier: 0.9"
      })
  void warnings_madeFromAPicture_saysThatItIsMissing(String settings) {
    assertThat(warnings(settings))
        .singleElement()
        .asString()
        .startsWith("the text is from an image that was made from another image")
        .endsWith("which is not stored in the text; without it the request starts from noise");

    PromptSpec given =
        Infotext.parse(START + "Denoising strength: 0.5").toBuilder()
            .imageToImage(ImageToImage.builder(Image.of(8, 8, new byte[192])).build())
            .build();
    assertThat(Reproduction.warnings(made(given), checkpoint())).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Sampler: Ouroboros    | DPM++ 2M",
        "Sampler: euler gits   | Euler",
        "Schedule type: Gamma  | Karras",
        "RNG: std_default      | NV",
        "Steps: many           | 20",
      })
  void warnings_valueThatIsNotUnderstood_saysWhatIsInItsPlace(String setting, String now) {
    PromptSpec spec = Infotext.parse("a\nSize: 64x64, A1: 1, Seed: 1, " + setting);

    assertThat(Reproduction.warnings(made(spec), checkpoint()))
        .contains("'" + setting + "' is not understood; the request has '" + now + "'");
  }

  @Test
  void warnings_settingsOfOthers_areOneSentence() {
    assertThat(
            warnings("VAE: vae-ft.pt, Refiner: xl, Face restoration: CodeFormer, VAE hash: 1234"))
        .containsExactly(
            "the text was written with the VAE 'vae-ft.pt' (hash 1234), but this image uses the"
                + " checkpoint's own",
            "the text was written with the refiner 'xl', but this image uses none",
            "the text has settings that have no effect here: 'Face restoration: CodeFormer'");
    assertThat(warnings("VAE: Automatic")).isEmpty();
    ImageSettings other =
        made(Infotext.parse(START + "VAE: vae-ft.pt, VAE hash: 1234567890"))
            .withVae("ft.pt", Optional.of("1234567890"));
    assertThat(Reproduction.warnings(other, checkpoint())).isEmpty();
    assertThat(Reproduction.warnings(other.withVae("ft.pt", Optional.of("abc")), checkpoint()))
        .containsExactly(
            "the text was written with the VAE 'vae-ft.pt' (hash 1234567890), but this image"
                + " uses 'ft.pt' (hash abc)");
    assertThat(warnings("ControlNet 0: \"Module: canny, Model: x\""))
        .singleElement()
        .asString()
        .contains("the text is from an image made with ControlNet");
    assertThat(warnings("Precision: bfloat16"))
        .containsExactly(
            "the text was written for bfloat16, but the pipeline computes in float32, so details"
                + " may differ");
    assertThat(warnings("Long: " + "x".repeat(100_000)).get(0)).hasSizeLessThan(200);
  }

  @ParameterizedTest
  @CsvSource({
    "xl [0123456789], renamed [0123456789], true",
    "xl [0123456789], xl [9876543210], false",
    "xl [0123456789], xl, true",
    "xl, other, false"
  })
  void warnings_refiner_isComparedByHashOrName(String then, String now, boolean same) {
    ImageSettings refined =
        made(Infotext.parse(START + "Refiner: " + then + ", Refiner switch at: 0.8"))
            .with(ImageSettings.REFINER, now);
    List<String> warnings = Reproduction.warnings(refined, checkpoint());
    if (same) {
      assertThat(warnings).isEmpty();
    } else {
      assertThat(warnings)
          .containsExactly(
              "the text was written with the refiner '%s', but this image uses '%s'"
                  .formatted(then, now));
    }
  }

  @Test
  void warnings_formatOfWeights_isNamedIfItIsAnother() {
    String bits = "Diffusion in Low Bits: ";
    assertThat(warnings(bits + "int8, Version: SD-LoRA for Java 0.1.0"))
        .containsExactly(
            "the text was written for weights in int8, but the pipeline holds them in their"
                + " precision, so details may differ; WeightFormat.INT8 (--weights int8) holds them"
                + " so");
    assertThat(warnings(bits + "Q4_K, Version: SD-LoRA for Java 0.1.0"))
        .containsExactly(
            "the text was written for weights in Q4_K, but the pipeline holds them in their"
                + " precision, so details may differ");
    assertThat(warnings(bits + "Automatic (fp16 LoRA), Version: f2.0.1v1.10.1")).isEmpty();
    assertThat(warnings(bits + "bnb-nf4, Version: f2.0.1v1.10.1"))
        .containsExactly(
            "'Diffusion in Low Bits: bnb-nf4' names no format that weights can be held in; the"
                + " pipeline holds them in their precision, so details may differ");
    PromptSpec forge =
        Infotext.parse(
            START + bits + "float8-e4m3fn (fp16 LoRA), Model: mine, Version: f2.0.1v1.10.1");
    assertThat(
            Reproduction.warnings(
                made(forge).with(ImageSettings.LOW_BITS, "float8-e4m3fn"), checkpoint()))
        .isEmpty();
    assertThat(
            Reproduction.warnings(made(forge).with(ImageSettings.LOW_BITS, "Q8_0"), checkpoint()))
        .containsExactly(
            "the text was written for weights in float8-e4m3fn, but the pipeline holds them in"
                + " Q8_0, so details may differ");
    PromptSpec own = Infotext.parse(START + "Version: SD-LoRA for Java 0.1.0");
    assertThat(Reproduction.warnings(made(own).with(ImageSettings.LOW_BITS, "int8"), checkpoint()))
        .containsExactly(
            "the text was written for weights in their precision, but the pipeline holds them in"
                + " int8, so details may differ");
  }

  @Test
  void warnings_modules_areNamedOnlyIfTheyAreOthers() {
    ImageSettings made =
        made(Infotext.parse(START + "Module 1: qwen_3_4b, Module 2: ae.safetensors"));

    assertThat(
            Reproduction.warnings(
                made.with("Module 1", "ae").with("Module 2", "qwen_3_4b"), checkpoint()))
        .isEmpty();
    assertThat(
            Reproduction.warnings(
                made.with("Module 1", "flux2-vae").with("Module 2", "qwen_3_4b"), checkpoint()))
        .containsExactly(
            "the text was written with 'ae.safetensors' as VAE or text encoder, but this image uses"
                + " 'flux2-vae' and 'qwen_3_4b'");
    assertThat(warnings("Module 1: ae"))
        .containsExactly(
            "the text was written with 'ae' as VAE or text encoder, but this image uses those of"
                + " the checkpoint");
  }

  @Test
  void warnings_otherPrograms_sayWhatTheyDoOtherwise() {
    String weighed = "a (cat:1.2)\nSteps: 20, Sampler: Euler, Seed: 1, Version: ";
    PromptSpec comfy = Infotext.parse(weighed + "ComfyUI, Batch size: 4");

    assertThat(Reproduction.warnings(made(comfy), checkpoint()))
        .hasSize(2)
        .first()
        .asString()
        .startsWith("the text is from ComfyUI, which weights words relative to");
    assertThat(warnings("Version: ComfyUI")).isEmpty();
    assertThat(
            Reproduction.warnings(made(Infotext.parse(weighed + "InvokeAI 5.6.0")), checkpoint()))
        .singleElement()
        .asString()
        .contains("InvokeAI 5.6.0, which weights words by blending");
    assertThat(warnings("Version: Fooocus v2.5.5")).hasSize(1);
    assertThat(warnings("Version: NovelAI")).hasSize(1);
  }

  private List<String> warnings(String settings) {
    return Reproduction.warnings(made(Infotext.parse(START + settings)), checkpoint());
  }

  private ImageSettings made(PromptSpec spec) {
    return new ImageSettings(
        spec,
        new ImageSize(64, 64),
        1,
        "mine",
        Optional.of(FileHashes.autoV2(model)),
        Map.of("ink", "ba9876543210"),
        Map.of("bad-artist", "0123456789ab"),
        "SD-LoRA for Java 0.1.0");
  }

  private Checkpoint checkpoint() {
    return new CheckpointBuilder(model, ModelFamily.SD1)
        .storage("F32")
        .tensors(1)
        .parameters(1)
        .defaultSize(new ImageSize(64, 64))
        .build();
  }
}
