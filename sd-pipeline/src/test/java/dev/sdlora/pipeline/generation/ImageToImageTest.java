package dev.sdlora.pipeline.generation;

import static dev.sdlora.pipeline.TinyPipeline.image;
import static dev.sdlora.pipeline.TinyPipeline.mask;
import static dev.sdlora.pipeline.TinyPipeline.redrawing;
import static dev.sdlora.pipeline.TinyPipeline.repainting;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.image.Inpainting;
import dev.sdlora.api.image.MaskedContent;
import dev.sdlora.api.image.Outpainting;
import dev.sdlora.api.image.ResizeMode;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.pipeline.TinyPipeline;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests requests that start from an image, on the tiny checkpoint. */
class ImageToImageTest {
  private static final TinyPipeline TINY = new TinyPipeline();

  @AfterAll
  static void close() {
    TINY.close();
  }

  private static ImageToImage.Builder source() {
    return ImageToImage.builder(image(64, 64));
  }

  private static double distance(Image a, Image b) {
    byte[] one = a.rgb();
    byte[] other = b.rgb();
    double sum = 0;
    for (int i = 0; i < one.length; i++) {
      sum += Math.abs((one[i] & 0xff) - (other[i] & 0xff));
    }
    return sum / one.length;
  }

  @Test
  void strengthZero_isThePictureAsTheVaeHasIt_whateverThePrompt() {
    PromptSpec spec = redrawing(source().denoisingStrength(0));
    Image kept = TINY.draw(spec);
    assertThat(TINY.draw(spec.toBuilder().prompt("a dog").seed(9).steps(30).build()))
        .isEqualTo(kept);
    assertThat(TINY.steps(spec)).isEmpty();
    String warning =
        "denoisingStrength is 0, so the start image only passes through the VAE, which changes"
            + " details a little";
    assertThat(TINY.pipeline().generate(spec).warnings()).containsOnlyOnce(warning);
    assertThat(TINY.pipeline().check(spec)).containsOnlyOnce(warning);
    assertThat(TINY.pipeline().check(redrawing(source().denoisingStrength(0.2))))
        .doesNotContain(warning);
    Image other =
        TINY.draw(
            spec.toBuilder()
                .imageToImage(
                    ImageToImage.builder(mask(64, 64, 8, 8, 30)).denoisingStrength(0).build())
                .build());
    assertThat(other).isNotEqualTo(kept);
  }

  @Test
  void strength_movesAwayFromThePicture() {
    Image kept = TINY.draw(redrawing(source().denoisingStrength(0)));
    double little = distance(kept, TINY.draw(redrawing(source().denoisingStrength(0.2))));
    double half = distance(kept, TINY.draw(redrawing(source().denoisingStrength(0.5))));
    double all = distance(kept, TINY.draw(redrawing(source().denoisingStrength(1))));
    assertThat(little).isPositive().isLessThan(half);
    assertThat(half).isLessThan(all);
  }

  @Test
  void steps_areTheStrengthsShare_orAllOfThem() {
    PromptSpec share = redrawing(source()).toBuilder().steps(8).build();
    assertThat(TINY.steps(share)).hasSize(7).endsWith("7/7");
    PromptSpec all = redrawing(source().fixSteps(true)).toBuilder().steps(8).build();
    assertThat(TINY.steps(all)).hasSize(8).endsWith("8/8");
  }

  @Test
  void noiseMultiplier_andColourCorrection_changeThePicture() {
    Image plain = TINY.draw(redrawing(source()));
    assertThat(TINY.draw(redrawing(source().noiseMultiplier(0.5)))).isNotEqualTo(plain);
    assertThat(TINY.draw(redrawing(source().colorCorrection(true)))).isNotEqualTo(plain);
  }

  @Test
  void size_isThePictures_unlessTheRequestHasOne() {
    PromptSpec free =
        PromptSpec.builder()
            .steps(1)
            .seed(1)
            .imageToImage(ImageToImage.builder(image(45, 83)).build())
            .build();
    GeneratedImage image = TINY.pipeline().generate(free).first();
    assertThat(image.width()).isEqualTo(40);
    assertThat(image.height()).isEqualTo(80);
    assertThat(image.infotext()).contains("Size: 40x80", "Denoising strength: 0.75");
  }

  @ParameterizedTest
  @EnumSource(ResizeMode.class)
  void resizeMode_everyOne_givesTheRequestsSize(ResizeMode mode) {
    Image drawn = TINY.draw(redrawing(ImageToImage.builder(image(90, 44)).resizeMode(mode)));
    assertThat(drawn.width()).isEqualTo(64);
    assertThat(drawn.height()).isEqualTo(64);
  }

  @Test
  void batch_equalsTheSameMadeOneByOne() {
    PromptSpec spec =
        repainting(
                image(64, 64),
                Inpainting.builder(mask(64, 64, 16, 16, 32))
                    .maskedContent(MaskedContent.LATENT_NOISE))
            .toBuilder()
            .sampler(Sampler.EULER_A)
            .images(2)
            .build();
    List<GeneratedImage> both = TINY.pipeline().generate(spec).images();
    Image second = TINY.draw(spec.toBuilder().seed(6).images(1).build());
    assertThat(both.get(1).image()).isEqualTo(second).isNotEqualTo(both.get(0).image());
  }

  @ParameterizedTest
  @EnumSource(
      value = Sampler.class,
      names = {"EULER_A", "DPMPP_2M", "DDIM", "UNIPC", "DPM_FAST"})
  void inpainting_leavesTheRestExactly(Sampler sampler) {
    Image picture = image(64, 64);
    PromptSpec spec =
        repainting(picture, Inpainting.builder(mask(64, 64, 24, 24, 24)).maskBlur(2)).toBuilder()
            .sampler(sampler)
            .build();
    byte[] before = picture.rgb();
    byte[] after = TINY.draw(spec).rgb();
    int changed = 0;
    for (int i = 0; i < before.length; i++) {
      int x = i / 3 % 64;
      int y = i / 3 / 64;
      if (x < 19 || x > 52 || y < 19 || y > 52) {
        assertThat(after[i]).isEqualTo(before[i]);
      } else if (after[i] != before[i]) {
        changed++;
      }
    }
    assertThat(changed).isGreaterThan(1000);
  }

  @Test
  void maskedContent_everyOne_isAnotherPicture() {
    Set<Image> drawn = new HashSet<>();
    for (MaskedContent content : MaskedContent.values()) {
      drawn.add(
          TINY.draw(
              repainting(
                  image(64, 64),
                  Inpainting.builder(mask(64, 64, 16, 16, 32)).maskedContent(content))));
    }
    assertThat(drawn).hasSize(MaskedContent.values().length);
  }

  @Test
  void onlyMasked_hasThePicturesSize_andChangesOnlyThere() {
    Image picture = image(101, 77);
    Image drawn =
        TINY.draw(
            repainting(
                picture,
                Inpainting.builder(mask(101, 77, 60, 30, 20))
                    .onlyMasked(true)
                    .padding(4)
                    .maskBlur(0)));
    assertThat(drawn.width()).isEqualTo(101);
    assertThat(drawn.height()).isEqualTo(77);
    byte[] before = picture.rgb();
    byte[] after = drawn.rgb();
    for (int i = 0; i < before.length; i++) {
      int x = i / 3 % 101;
      int y = i / 3 / 101;
      if (x < 60 || x >= 80 || y < 30 || y >= 50) {
        assertThat(after[i]).isEqualTo(before[i]);
      }
    }
    assertThat(after).isNotEqualTo(before);
  }

  @Test
  void outpainting_addsSides_andKeepsTheMiddle() {
    Image picture = image(64, 48);
    PromptSpec spec =
        PromptSpec.builder()
            .prompt("a cat")
            .steps(2)
            .seed(5)
            .imageToImage(
                ImageToImage.builder(picture)
                    .outpainting(new Outpainting(16, 0, 0, 16, 2, MaskedContent.FILL))
                    .build())
            .build();
    Image wide = TINY.draw(spec);
    assertThat(wide.width()).isEqualTo(80);
    assertThat(wide.height()).isEqualTo(64);
    byte[] before = picture.rgb();
    byte[] after = wide.rgb();
    for (int y = 0; y < 38; y++) {
      for (int x = 10; x < 64; x++) {
        assertThat(after[3 * (y * 80 + x + 16)]).isEqualTo(before[3 * (y * 64 + x)]);
      }
    }
  }

  @Test
  void failuresAndCancels_leaveNothingBehind() {
    TINY.assertFailuresLeaveNothing(
        repainting(image(64, 64), Inpainting.builder(mask(64, 64, 16, 16, 32))).toBuilder()
            .prompt("a cat <lora:tiny_lora:0.8>")
            .build(),
        2);
  }

  @Test
  void parameters_nameWhatWasSet() {
    PromptSpec spec =
        repainting(
            image(64, 64),
            Inpainting.builder(mask(64, 64, 16, 16, 32))
                .maskBlur(3)
                .onlyMasked(true)
                .padding(8)
                .maskedContent(MaskedContent.FILL));
    assertThat(TINY.pipeline().generate(spec).first().infotext())
        .contains("Denoising strength: 0.75", "Mask blur: 3", "Masked content: fill")
        .contains("Inpaint area: Only masked", "Masked area padding: 8");
  }
}
