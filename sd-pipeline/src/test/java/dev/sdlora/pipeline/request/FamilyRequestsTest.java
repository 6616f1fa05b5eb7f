package dev.sdlora.pipeline.request;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptOptions;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.image.RegionMask;
import dev.sdlora.api.image.SizeConditioning;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.api.lora.LoraStrength;
import dev.sdlora.pipeline.FamilyFiles;
import dev.sdlora.pipeline.Fixtures;
import dev.sdlora.testkit.TinyFamilies;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests requests from prompts to images on the small models of all families. */
@Tag("slow")
class FamilyRequestsTest {
  @TempDir static Path folder;

  private static Pipeline.Builder builder(String set) {
    Path small = FamilyFiles.checkpoint(set, folder);
    Path whole = folder.resolve(set + "-whole.safetensors");
    if (!whole.toFile().exists()) {
      FamilyFiles.withWholeVocabulary(small, whole);
    }
    return Fixtures.float32().checkpoint(Checkpoint.open(whole));
  }

  private static PromptSpec.Builder spec() {
    return PromptSpec.builder().prompt("a (red:1.3) cat AND [a dog:a fox:0.5]").steps(3).seed(7);
  }

  private static byte[] rgb(GenerationResult result) {
    return result.images().get(0).image().rgb();
  }

  @ParameterizedTest
  @ValueSource(strings = {"sd2", "sdxl", "sdxl-v", "ssd", "sdxl-inpaint", "sd2-inpaint"})
  void generate_everyFamily_drawsTheSamePictureTwice(String set) {
    try (Pipeline pipeline = builder(set).build()) {
      GenerationResult first = pipeline.generate(spec().negativePrompt("ugly").build());
      assertThat(rgb(first))
          .isEqualTo(rgb(pipeline.generate(spec().negativePrompt("ugly").build())));
      assertThat(rgb(first)).isNotEqualTo(rgb(pipeline.generate(spec().seed(8).build())));
    }
  }

  @Test
  void generate_lora_actsOnAllNetworksAndComesOff() {
    LoraAdapter lora = LoraAdapter.open(TinyFamilies.sdxlLora());
    try (Pipeline pipeline = builder("sdxl").build()) {
      byte[] plain = rgb(pipeline.generate(spec().build()));
      GenerationResult with = pipeline.generate(spec().lora(lora.withStrength(0.8)).build());
      assertThat(rgb(with)).isNotEqualTo(plain);
      assertThat(with.loras().get(0).matched()).isEqualTo(242 + 30 + 24);
      assertThat(rgb(pipeline.generate(spec().build()))).isEqualTo(plain);
    }
  }

  @Test
  void generate_sdxlLoraInAPart_isThatEverywhereWhereThePartIsNearlyAll() {
    byte[] grey = new byte[3 * 64];
    Arrays.fill(grey, (byte) 255);
    grey[0] = (byte) 250;
    RegionMask almost = RegionMask.of(Image.of(8, 8, grey));
    LoraAdapter lora =
        LoraAdapter.open(TinyFamilies.sdxlLora()).withStrength(LoraStrength.of(0, 1));
    try (Pipeline pipeline = builder("sdxl").build()) {
      PromptSpec spec = spec().loraMode(LoraMode.OVERLAY).build();
      byte[] plain = pipeline.generate(spec).first().rgb();
      byte[] everywhere = pipeline.generate(spec.toBuilder().lora(lora).build()).first().rgb();
      byte[] masked =
          pipeline.generate(spec.toBuilder().lora(lora.withMask(almost)).build()).first().rgb();
      assertThat(difference(masked, everywhere)).isLessThan(0.1);
      assertThat(difference(plain, everywhere)).isGreaterThan(0.5);
      // The pooled text state applies to the whole image.
      LoraAdapter texts = lora.withStrength(1);
      byte[] half =
          pipeline
              .generate(
                  spec.toBuilder().lora(texts.withMask(RegionMask.rectangle(0, 0, 0.5, 1))).build())
              .first()
              .rgb();
      assertThat(difference(half, plain)).isGreaterThan(0.2);
    }
  }

  private static double difference(byte[] a, byte[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += Math.abs((a[i] & 0xff) - (b[i] & 0xff));
    }
    return sum / a.length;
  }

  @Test
  void generate_sdxl_heedsSizesAndTheRuleOfEmptyNegatives() {
    try (Pipeline pipeline = builder("sdxl").build()) {
      byte[] plain = rgb(pipeline.generate(spec().build()));
      SizeConditioning cropped = SizeConditioning.DEFAULTS.withCrop(0, 64);
      assertThat(rgb(pipeline.generate(spec().sizeConditioning(cropped).build())))
          .isNotEqualTo(plain);
      SizeConditioning own =
          SizeConditioning.DEFAULTS.withOriginalSize(128, 128).withTargetSize(128, 128);
      assertThat(rgb(pipeline.generate(spec().sizeConditioning(own).build()))).isEqualTo(plain);
      PromptOptions encoded = PromptOptions.DEFAULTS.withEmptyNegativeEncoded(true);
      byte[] asComfy = rgb(pipeline.generate(spec().promptOptions(encoded).build()));
      assertThat(asComfy).isNotEqualTo(plain);
      // A text of one blank is not empty, and is encoded like the empty text.
      assertThat(rgb(pipeline.generate(spec().negativePrompt(" ").build()))).isEqualTo(asComfy);
      assertThat(rgb(pipeline.generate(spec().clipSkip(2).build()))).isEqualTo(plain);
      PromptOptions skipping = PromptOptions.DEFAULTS.withClipSkipOnSdxl(true);
      assertThat(rgb(pipeline.generate(spec().promptOptions(skipping).clipSkip(2).build())))
          .isEqualTo(plain);
      assertThat(rgb(pipeline.generate(spec().promptOptions(skipping).clipSkip(3).build())))
          .isNotEqualTo(plain);
    }
  }

  @Test
  void generate_refiner_takesOverAtItsNoiseLevel() {
    Path whole = folder.resolve("refiner-whole.safetensors");
    FamilyFiles.withWholeVocabulary(TinyFamilies.refiner(), whole);
    try (Pipeline pipeline = builder("sdxl").refiner(whole).build()) {
      GeneratedImage plain = pipeline.generate(spec().build()).images().get(0);
      GeneratedImage refined = pipeline.generate(spec().refinerSwitch(0.5).build()).images().get(0);
      assertThat(refined.image().rgb()).isNotEqualTo(plain.image().rgb());
      assertThat(plain.infotext()).doesNotContain("Refiner");
      assertThat(refined.infotext())
          .containsPattern("Refiner: refiner-whole \\[[0-9a-f]{10}\\], Refiner switch at: 0.5");
      assertThat(PromptSpec.fromInfotext(refined.infotext()).refinerSwitch()).hasValue(0.5);
      // The last of three steps starts at time 0, at 0.999 of the schedule.
      GenerationResult never = pipeline.generate(spec().refinerSwitch(1).build());
      assertThat(rgb(never)).isEqualTo(plain.image().rgb());
      GenerationResult first = pipeline.generate(spec().refinerSwitch(0).build());
      assertThat(rgb(first)).isNotEqualTo(refined.image().rgb());

      // With a strength of 0.5, three of four steps run; the switch is a fraction of these three.
      PromptSpec.Builder half =
          spec()
              .steps(4)
              .imageToImage(ImageToImage.builder(plain.image()).denoisingStrength(0.5).build());
      String third =
          pipeline.generate(half.refinerSwitch(0.6, true).build()).images().get(0).infotext();
      assertThat(third)
          .contains("Refiner switch by sampling steps: True", "Refiner: refiner-whole");
    }
  }

  @Test
  void generate_editingModel_keepsToThePictureAsMuchAsAsked() {
    byte[] grey = new byte[3 * 64 * 64];
    for (int i = 0; i < grey.length; i++) {
      grey[i] = (byte) (i * 31 % 251);
    }
    ImageToImage source = ImageToImage.builder(Image.of(64, 64, grey)).denoisingStrength(1).build();
    try (Pipeline pipeline = builder("ip2p").build()) {
      GenerationResult usual = pipeline.generate(spec().imageToImage(source).build());
      assertThat(usual.images().get(0).infotext()).contains("Image CFG scale: 1.5");
      byte[] more = rgb(pipeline.generate(spec().imageToImage(source).imageCfgScale(3).build()));
      assertThat(more).isNotEqualTo(rgb(usual));
      assertThat(pipeline.generate(spec().build()).images().get(0).infotext())
          .doesNotContain("Image CFG scale");
    }
  }
}
