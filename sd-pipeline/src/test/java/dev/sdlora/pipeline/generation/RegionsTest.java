package dev.sdlora.pipeline.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.PromptSyntaxException;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.image.Inpainting;
import dev.sdlora.api.image.RegionMask;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.api.lora.LoraReport;
import dev.sdlora.api.sampling.SpeedOptions;
import dev.sdlora.pipeline.Fixtures;
import dev.sdlora.pipeline.TinyPipeline;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.number.DType;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests LoRAs and sides of {@code AND} in regions of the image, in whole requests. */
class RegionsTest {
  private static final RegionMask LEFT = RegionMask.rectangle(0, 0, 0.5, 1).withBlur(0);
  private static final RegionMask RIGHT = RegionMask.rectangle(0.5, 0, 1, 1).withBlur(0);
  private static final RegionMask WHITE = RegionMask.rectangle(0, 0, 1, 1);
  private static final RegionMask BLACK = RegionMask.of(TinyPipeline.mask(3, 3, 0, 0, 0));

  /** A nearly white mask: almost no effect, but still a region. */
  private static final RegionMask ALMOST = RegionMask.of(almostWhite());

  private static final String LORA = "a cat <lora:tiny_lora:0.8:mask=here>";
  private static final PromptSpec SPEC =
      TinyPipeline.SPEC.toBuilder().loraMode(LoraMode.OVERLAY).build();

  @TempDir private static Path folder;

  private static Pipeline pipeline;
  private static int arrays;

  @BeforeAll
  static void open() {
    pipeline =
        Fixtures.float32()
            .checkpoint(Checkpoint.open(Fixtures.CHECKPOINT))
            .loraDirectory(Fixtures.LORAS)
            .concurrency(2)
            .build();
    arrays = TinyPipeline.arraysOnceEncoded(pipeline);
  }

  @AfterEach
  void nothingIsLeft() {
    assertThat(pipeline.liveTensors()).isEqualTo(arrays);
  }

  @AfterAll
  static void close() {
    pipeline.close();
  }

  private static Image almostWhite() {
    byte[] rgb = new byte[3 * 64];
    Arrays.fill(rgb, (byte) 255);
    rgb[0] = (byte) 254;
    rgb[1] = (byte) 253;
    return Image.of(8, 8, rgb);
  }

  private static PromptSpec spec(String prompt, RegionMask here) {
    return SPEC.toBuilder().prompt(prompt).mask("here", here).build();
  }

  private static byte[] rgb(PromptSpec spec) {
    return pipeline.generate(spec).first().rgb();
  }

  private static byte[] rgb(String prompt, RegionMask here) {
    return rgb(spec(prompt, here));
  }

  /** Returns the mean difference in one half of two images. */
  private static double difference(byte[] a, byte[] b, boolean left) {
    double sum = 0;
    int side = (int) Math.sqrt(a.length / 3.0);
    for (int i = 0; i < a.length; i++) {
      boolean inLeft = i / 3 % side < side / 2;
      sum += inLeft == left ? Math.abs((a[i] & 0xff) - (b[i] & 0xff)) : 0;
    }
    return 2 * sum / a.length;
  }

  private static double difference(byte[] a, byte[] b) {
    return (difference(a, b, true) + difference(a, b, false)) / 2;
  }

  private static byte[] plain() {
    return rgb(SPEC);
  }

  @Test
  void lora_whiteMask_isTheSameBytesAsWithoutMask() {
    byte[] unmasked = rgb("a cat <lora:tiny_lora:0.8>", WHITE);
    assertThat(rgb(LORA, WHITE)).isEqualTo(unmasked);
    assertThat(difference(unmasked, plain())).isGreaterThan(1);
    // Texts, keys, time and convolutions all use the region's code, and almost nothing is outside
    // it.
    assertThat(difference(rgb(LORA, ALMOST), unmasked)).isLessThan(0.1);
  }

  @Test
  void lora_blackMask_isTheSameBytesAsWithoutLora() {
    GenerationResult result = pipeline.generate(spec(LORA, BLACK));
    assertThat(result.first().rgb()).isEqualTo(rgb("a cat ", BLACK));
    assertThat(result.warnings()).anyMatch(warning -> warning.contains("an entirely black mask"));
  }

  @Test
  void lora_maskOfAHalf_changesThatHalfMoreThanTheOtherMaskDoes() {
    PromptSpec without = SPEC.toBuilder().prompt("a cat ").build();
    byte[] plain = rgb(without);
    PromptSpec.Builder masked = without.toBuilder().prompt(LORA);
    byte[] left = rgb(masked.mask("here", LEFT).build());
    byte[] right = rgb(masked.mask("here", RIGHT).build());
    // In a tiny network with random weights, norms carry much of the change to the other half.
    assertThat(difference(left, plain, true)).isGreaterThan(1.1 * difference(right, plain, true));
    assertThat(difference(right, plain, false)).isGreaterThan(1.1 * difference(left, plain, false));
  }

  @Test
  void lora_autoWithMask_isOverlaid() {
    PromptSpec auto = spec(LORA, LEFT).toBuilder().loraMode(LoraMode.AUTO).build();
    GenerationResult result = pipeline.generate(auto);
    assertThat(result.loras()).extracting(LoraReport::mode).containsExactly(LoraMode.OVERLAY);
    assertThat(result.first().rgb()).isEqualTo(rgb(LORA, LEFT));
  }

  @Tag("slow")
  @Test
  void lora_maskByObject_isTheSameAsByName() {
    LoraAdapter lora =
        LoraAdapter.open(Fixtures.LORAS.resolve("tiny_lora.safetensors")).withStrength(0.8);
    PromptSpec byObject = SPEC.toBuilder().prompt("a cat ").lora(lora.withMask(LEFT)).build();
    assertThat(rgb(byObject)).isEqualTo(rgb(LORA, LEFT));
    assertThat(byObject.notInMetadata()).containsExactly("loras");
    assertThat(lora.withMask(LEFT)).isNotEqualTo(lora);
  }

  @Tag("slow")
  @Test
  void loras_ofComplementaryMasks_addUpToTheWhole() {
    // The same LoRA in both halves is equivalent to one LoRA everywhere, at each position of each
    // layer.
    PromptSpec halves =
        SPEC.toBuilder()
            .prompt("a cat <lora:tiny_lora:0.8:mask=left><lora:tiny_lora:0.8:mask=right>")
            .mask("left", LEFT)
            .mask("right", RIGHT)
            .build();
    byte[] whole = rgb("a cat <lora:tiny_lora:0.8>", WHITE);
    assertThat(difference(rgb(halves), whole)).isLessThan(0.02);
  }

  @Tag("slow")
  @Test
  void lora_besideOneEverywhere_theseBytesAtTheEdgesOfMasks() {
    String both = "a cat <lora:tiny_lora:0.3><lora:tiny_lora:0.5:mask=here>";
    assertThat(rgb(both, BLACK))
        .isEqualTo(rgb("a cat <lora:tiny_lora:0.3><lora:tiny_lora:0>", BLACK));
    assertThat(difference(rgb(both, ALMOST), rgb(both, WHITE))).isLessThan(0.1);
  }

  @Tag("slow")
  @ParameterizedTest
  @ValueSource(strings = {"0.8@0,-0.4@1", "0@0,0.8@0.5"})
  void lora_strengthOverTheSteps_isThatOfTheOverlay(String schedule) {
    String masked = "a cat <lora:tiny_lora:0.5:" + schedule + ":mask=here>";
    byte[] unmasked = rgb("a cat <lora:tiny_lora:0.5:" + schedule + ">", WHITE);
    assertThat(difference(rgb(masked, ALMOST), unmasked)).isLessThan(0.1);
    assertThat(difference(rgb(masked, LEFT), unmasked)).isGreaterThan(0.2);
  }

  @Tag("slow")
  @Test
  void lora_hiresFixAndPicture_masksCoverThem() {
    PromptSpec.Builder hires =
        spec(LORA, ALMOST).toBuilder()
            .hiresFix(HiresFix.builder().scale(1.25).steps(2).denoisingStrength(0.6).build());
    byte[] masked = rgb(hires.build());
    byte[] unmasked = rgb(hires.mask("here", WHITE).build());
    assertThat(difference(masked, unmasked)).isLessThan(0.1);

    Image picture = TinyPipeline.image(64, 64);
    PromptSpec.Builder redrawn =
        spec(LORA, LEFT).toBuilder()
            .imageToImage(ImageToImage.builder(picture).denoisingStrength(0.8).build());
    byte[] drawn = rgb(redrawn.build());
    byte[] without = rgb(redrawn.prompt("a cat ").build());
    assertThat(difference(drawn, without, true))
        .isGreaterThan(1.2 * difference(drawn, without, false));
  }

  @Test
  void lora_onlyTheMaskedPartIsPainted_regionsLieOverTheWholePicture() {
    Image picture = TinyPipeline.image(256, 64);
    // The right half is painted; the region is the left half.
    Inpainting part =
        Inpainting.builder(TinyPipeline.mask(256, 64, 160, 8, 48))
            .onlyMasked(true)
            .padding(8)
            .maskBlur(0)
            .build();
    ImageToImage source = ImageToImage.builder(picture).inpainting(part).build();
    PromptSpec.Builder spec = spec(LORA, LEFT).toBuilder().size(64, 64).imageToImage(source);
    byte[] left = rgb(spec.build());
    byte[] none = rgb(spec.mask("here", BLACK).build());
    byte[] right = rgb(spec.mask("here", RIGHT).build());
    assertThat(difference(left, none)).isLessThan(0.02);
    assertThat(difference(right, none)).isGreaterThan(0.2);
  }

  @Tag("slow")
  @Test
  void lora_picturesTogetherAndCachedCalls_areThoseAlone() {
    PromptSpec two = spec(LORA, LEFT).toBuilder().images(2).build();
    PromptSpec together =
        two.toBuilder()
            .speedOptions(SpeedOptions.builder().exactBatches(false).batchSize(2).build())
            .build();
    List<byte[]> alone = pipeline.generate(two).images().stream().map(i -> i.rgb()).toList();
    List<byte[]> batch = pipeline.generate(together).images().stream().map(i -> i.rgb()).toList();
    for (int i = 0; i < 2; i++) {
      assertThat(difference(alone.get(i), batch.get(i))).isLessThan(0.02);
    }
    PromptSpec.Builder cached =
        spec(LORA, ALMOST).toBuilder()
            .speedOptions(SpeedOptions.builder().cacheInterval(2).build());
    byte[] masked = rgb(cached.build());
    assertThat(difference(masked, rgb(cached.mask("here", WHITE).build()))).isLessThan(0.1);
  }

  @Tag("slow")
  @Test
  void lora_requestsAtOnce_areTheSameBytesAsAlone() {
    List<PromptSpec> specs = List.of(spec(LORA, LEFT), spec(LORA, RIGHT), SPEC);
    List<byte[]> alone = specs.stream().map(RegionsTest::rgb).toList();
    List<CompletableFuture<GenerationResult>> together =
        specs.stream().map(pipeline::generateAsync).toList();
    for (int i = 0; i < specs.size(); i++) {
      assertThat(together.get(i).join().first().rgb()).isEqualTo(alone.get(i));
    }
  }

  @Test
  void lora_maskWhereItCannotAct_isRefused() {
    PromptSpec patched = spec(LORA, LEFT).toBuilder().loraMode(LoraMode.PATCHED).build();
    assertThatThrownBy(() -> rgb(patched))
        .isInstanceOf(LoraException.class)
        .hasMessage(
            "LoRA 'tiny_lora' has a mask, but loraMode is PATCHED, which changes the weights for"
                + " the whole image; expected OVERLAY or AUTO");

    LoraAdapter whole = wholeDifference().withMask(LEFT);
    assertThatThrownBy(() -> rgb(SPEC.toBuilder().lora(whole).build()))
        .isInstanceOf(LoraException.class)
        .hasMessageContaining("can only change the weights directly");
    GenerationResult lenient =
        pipeline.generate(SPEC.toBuilder().lora(whole).lenient(true).build());
    assertThat(lenient.first().rgb()).isEqualTo(plain());
    assertThat(lenient.warnings()).anyMatch(warning -> warning.endsWith("it was skipped"));

    PromptSpec merging =
        spec(LORA, LEFT).toBuilder()
            .speedOptions(SpeedOptions.builder().tokenMergingRatio(0.3).build())
            .build();
    assertThatThrownBy(() -> rgb(merging))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "tokenMergingRatio is 0.3, but a LoRA has a mask, which requires the positions of"
                + " all tokens; expected a ratio of 0, or no mask");
  }

  private static LoraAdapter wholeDifference() {
    SafetensorsWriter writer =
        new SafetensorsWriter()
            .tensor(
                "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q.diff",
                List.of(32L, 32L),
                new float[32 * 32],
                DType.F32);
    Path file = folder.resolve("whole.safetensors");
    writer.write(file);
    return LoraAdapter.open(file);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a <lora:tiny_lora:1:mask=there> | names the mask 'there', but the request has only 'here'
          a <mask:there>                  | names the mask 'there', but the request has only 'here'
          a <mask:here> b <mask:here>     | is the second mask of one side of AND
          a <mask:here:2>                 | must have the form <mask:name>
          a <lora:tiny_lora:1:mask=>      | has no mask name after mask=
          """)
  void prompt_maskThatMakesNoSense_isRefused(String prompt, String trouble) {
    assertThatThrownBy(() -> rgb(prompt, LEFT))
        .isInstanceOf(PromptSyntaxException.class)
        .hasMessageContaining(trouble);
  }

  @Test
  void sides_sameTextInComplementaryMasks_areThePlainPrompt() {
    PromptSpec halves =
        SPEC.toBuilder()
            .prompt("a cat<mask:left> AND a cat<mask:right>")
            .mask("left", LEFT)
            .mask("right", RIGHT)
            .build();
    byte[] plain = plain();
    assertThat(difference(rgb(halves), plain)).isLessThan(0.02);
    // With two full masks, each side gets half of the guidance.
    assertThat(difference(rgb("a cat<mask:here> AND a cat<mask:here>", WHITE), plain))
        .isLessThan(0.02);
    // At CFG scale 1 too, although regions need the negative side.
    PromptSpec unguided = halves.toBuilder().cfgScale(1).build();
    assertThat(difference(rgb(unguided), rgb(SPEC.toBuilder().cfgScale(1).build())))
        .isLessThan(0.02);
  }

  @Test
  void sides_otherTextInAHalf_changesThatHalfMost() {
    PromptSpec halves =
        SPEC.toBuilder()
            .prompt("a cat<mask:left> AND [red|blue] (dogs:1.4) in snow :1.2<mask:right>")
            .mask("left", LEFT)
            .mask("right", RIGHT)
            .build();
    GenerationResult result = pipeline.generate(halves);
    byte[] plain = plain();
    assertThat(difference(result.first().rgb(), plain, false))
        .isGreaterThan(2 * difference(result.first().rgb(), plain, true));

    // The infotext names and identifies the masks, but does not contain them.
    PromptSpec read = PromptSpec.fromInfotext(result.first().infotext());
    assertThat(read.prompt()).isEqualTo(halves.prompt());
    assertThat(halves.notInMetadata()).containsExactly("masks");
    assertThatThrownBy(() -> rgb(read))
        .isInstanceOf(PromptSyntaxException.class)
        .hasMessageContaining("an infotext does not contain them");
    PromptSpec again = read.toBuilder().mask("left", LEFT).mask("right", RIGHT).build();
    GenerationResult same = pipeline.generate(again);
    assertThat(same.first().rgb()).isEqualTo(result.first().rgb());
    assertThat(same.warnings()).noneMatch(warning -> warning.contains("mask"));
    PromptSpec other = again.toBuilder().mask("right", RIGHT.withBlur(3)).build();
    assertThat(pipeline.generate(other).warnings())
        .anyMatch(warning -> warning.startsWith("the text was written for another mask 'right'"));
  }

  @Test
  void sides_inTheNegativePrompt_areRefusedWhereTagsAct() {
    PromptSpec.Builder spec = spec("a cat", LEFT).toBuilder().negativePrompt("ugly <mask:here>");
    PromptSpec acting = spec.promptOptions(SPEC.promptOptions().withNegativeLoras(true)).build();
    assertThatThrownBy(() -> rgb(acting))
        .isInstanceOf(PromptSyntaxException.class)
        .hasMessageContaining("is in the negative prompt");
  }
}
