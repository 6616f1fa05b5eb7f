package dev.sdlora.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.data.image.Image;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.model.output.Response;
import dev.sdlora.api.DynamicPrompts;
import dev.sdlora.api.PromptOptions;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.api.error.LoraException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import javax.imageio.ImageIO;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the methods of langchain4j's image model. */
class SdLoraImageModelTest extends Drawing {
  private static final String STAR = "a red star on a blue background";

  @Test
  void generate_withALoraInItsPrompt_isWhatThePipelineDraws() throws IOException {
    String prompt = STAR + " <lora:ink_lines:0.8>";
    Response<Image> response = MODEL.generate(prompt);
    PromptSpec defaults = PIPELINE.checkpoint().defaults();
    PromptSpec spec = defaults.toBuilder().prompt(prompt).size(64, 64).steps(2).seed(7).build();
    assertThat(pixels(response.content())).isEqualTo(PIPELINE.generate(spec).first().image());
    assertThat(response.content().mimeType()).isEqualTo("image/png");
    assertThat(response.content().url()).isNull();
    assertThat(response.content().revisedPrompt()).isNull();
    byte[] png = Base64.getDecoder().decode(response.content().base64Data());
    assertThat(PromptSpec.fromImage(new ByteArrayInputStream(png)).prompt()).isEqualTo(prompt);
  }

  @Test
  void generate_withMetadata_tellsSeedsTextsLorasAndWarnings() {
    Response<List<Image>> response = MODEL.generate("ring <lora:night:0.5> <nonsense:1>", 2);
    assertThat(response.content()).hasSize(2).doesNotHaveDuplicates();
    assertThat(response.metadata()).containsEntry("seeds", List.of(7L, 8L));
    assertThat(list(response, "parameters"))
        .hasSize(2)
        .allSatisfy(text -> assertThat(text).startsWith("ring <lora:night:0.5>"));
    assertThat((List<?>) response.metadata().get("loras"))
        .singleElement()
        .asInstanceOf(InstanceOfAssertFactories.MAP)
        .containsEntry("mode", "patched")
        .containsEntry("strength", "0.5")
        .extractingByKey("name")
        .asString()
        .contains("night");
    assertThat(list(response, "warnings")).anyMatch(text -> text.contains("nonsense"));
    assertThat(response.metadata().get("seconds"))
        .isInstanceOfSatisfying(Double.class, seconds -> assertThat(seconds).isPositive());
  }

  private static List<String> list(Response<?> response, String key) {
    return ((List<?>) Objects.requireNonNull(response.metadata().get(key)))
        .stream().map(String::valueOf).toList();
  }

  @Test
  void with_otherOptions_leavesTheModelAsItIs() throws IOException {
    Image other = MODEL.with(options -> options.seed(8).size(128, 64)).generate(STAR).content();
    assertThat(pixels(other).width()).isEqualTo(128);
    Response<Image> own = MODEL.generate(STAR);
    assertThat(pixels(own.content()).width()).isEqualTo(64);
    assertThat(own.metadata()).containsEntry("seeds", List.of(7L));
  }

  @Test
  void generate_fromADynamicPrompt_saysWhatWasDrawn() {
    SdLoraImageModel dynamic =
        MODEL.with(
            options ->
                options.promptOptions(
                    PromptOptions.DEFAULTS.withDynamicPrompts(DynamicPrompts.of())));
    assertThat(dynamic.generate("{ring|ring} <lora:night:0.5>").content().revisedPrompt())
        .isEqualTo("ring <lora:night:0.5>");
  }

  @Test
  void generate_asJpeg_isOne() {
    Image image = MODEL.toBuilder().format("jpeg").build().generate(STAR).content();
    assertThat(image.mimeType()).isEqualTo("image/jpeg");
    assertThat(Base64.getDecoder().decode(image.base64Data())).startsWith(0xff, 0xd8);
  }

  @Test
  void edit_withStrength0_givesNearlyThePictureBack() throws IOException {
    Image before = MODEL.generate(STAR).content();
    SdLoraImageModel careful = MODEL.toBuilder().editing(edit -> edit.denoisingStrength(0)).build();
    double little = distance(before, careful.edit(before, "green ring").content(), 0);
    double much = distance(before, MODEL.edit(before, "green ring").content(), 0);
    assertThat(little).isLessThan(much / 2);
  }

  @Test
  void edit_ofADataAddress_isThatOfItsBytes() {
    Image before = MODEL.generate(STAR).content();
    Image address = Image.builder().url("data:image/png;base64," + before.base64Data()).build();
    assertThat(MODEL.edit(address, "ring").content())
        .isEqualTo(MODEL.edit(before, "ring").content());
  }

  /** Masks of OpenAI, of Imagen, and of Imagen saved with an unused alpha channel. */
  @ParameterizedTest
  @ValueSource(ints = {0, BufferedImage.TYPE_INT_RGB, BufferedImage.TYPE_INT_ARGB})
  void edit_withAMaskOfEitherKind_paintsThere(int whiteMaskType) throws IOException {
    Image before = MODEL.generate(STAR).content();
    BufferedImage mask =
        new BufferedImage(64, 64, whiteMaskType == 0 ? BufferedImage.TYPE_INT_ARGB : whiteMaskType);
    for (int y = 0; y < 64; y++) {
      for (int x = 0; x < 64; x++) {
        boolean left = x < 32;
        if (whiteMaskType == 0) {
          mask.setRGB(x, y, left ? 0 : 0xff808080);
        } else {
          mask.setRGB(x, y, left ? 0xffffffff : 0xff000000);
        }
      }
    }
    Image after = MODEL.edit(before, image(mask), "green ring").content();
    assertThat(distance(before, after, 48)).isZero();
    assertThat(distance(before, after, 0)).isGreaterThan(3);
  }

  @Test
  void generate_withAnUnknownLora_saysTheLibrarysSentence() {
    assertThatThrownBy(() -> MODEL.generate("star <lora:ink_line:1>"))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("did you mean 'ink_lines'")
        .hasCauseInstanceOf(LoraException.class);
  }

  @Test
  void generate_ofNoPictures_isRefused() {
    assertThatThrownBy(() -> MODEL.generate(STAR, 0))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessage("images must be at least 1: 0");
  }

  @Test
  void generate_whenItsThreadIsInterrupted_isCancelled() {
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(() -> MODEL.generate(STAR))
          .isInstanceOf(GenerationCancelledException.class);
    } finally {
      Thread.interrupted();
    }
    assertThat(MODEL.generate(STAR).content()).isNotNull();
  }

  @Test
  void edit_ofWhatIsNoPicture_saysWhichAndWhy() {
    Image nothing = Image.builder().build();
    assertRefused(nothing, "image has neither base64Data nor a url");
    Image far = Image.builder().url("https://example.com/star.png").build();
    assertRefused(far, "other URLs are not fetched: 'https://example.com/star.png'");
    assertRefused(Image.builder().url("file:/etc/passwd").build(), "other URLs are not fetched");
    assertRefused(Image.builder().base64Data("A").build(), "image has invalid base64");
    assertRefused(Image.builder().base64Data("QUJD").build(), "image: image stream");
  }

  private static void assertRefused(Image image, String sentence) {
    assertThatThrownBy(() -> MODEL.edit(image, "ring"))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining(sentence);
  }

  @Test
  void edit_withAMaskOfAnotherSize_saysBothSizes() {
    Image before = MODEL.generate(STAR).content();
    Image mask = image(new BufferedImage(32, 64, BufferedImage.TYPE_INT_RGB));
    assertThatThrownBy(() -> MODEL.edit(before, mask, "ring"))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContainingAll("32x64", "64x64");
  }

  @Test
  void builder_withAnotherFormat_namesThoseThatThereAre() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SdLoraImageModel.builder(PIPELINE).format("gif"))
        .withMessage("format must be png or jpeg: 'gif'");
  }

  private static Image image(BufferedImage picture) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      ImageIO.write(picture, "png", out);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return Image.builder()
        .base64Data(Base64.getEncoder().encodeToString(out.toByteArray()))
        .build();
  }

  /** Returns the mean difference of two images to the right of a column, in grey levels. */
  private static double distance(Image one, Image other, int left) throws IOException {
    byte[] a = pixels(one).rgb();
    byte[] b = pixels(other).rgb();
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += i / 3 % 64 < left ? 0 : Math.abs((a[i] & 0xff) - (b[i] & 0xff));
    }
    return sum / a.length;
  }
}
