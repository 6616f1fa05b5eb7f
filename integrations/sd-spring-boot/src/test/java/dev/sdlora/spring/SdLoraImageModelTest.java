package dev.sdlora.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.Style;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.Inpainting;
import dev.sdlora.api.sampling.FewSteps;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.SamplerOptions;
import dev.sdlora.api.sampling.Schedule;
import io.micrometer.observation.tck.TestObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistryAssert;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.ai.content.Media;
import org.springframework.ai.image.ImageMessage;
import org.springframework.ai.image.ImageOptions;
import org.springframework.ai.image.ImageOptionsBuilder;
import org.springframework.ai.image.ImagePrompt;
import org.springframework.ai.image.ImageResponse;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.util.MimeTypeUtils;

/** Tests the conversion of Spring AI's requests and responses. */
class SdLoraImageModelTest {
  private final NotingPipeline pipeline = new NotingPipeline();
  private final SdLoraImageModel.Builder builder =
      SdLoraImageModel.builder(pipeline)
          .defaults(
              SdLoraImageOptions.builder()
                  .steps(9)
                  .width(128)
                  .height(64)
                  .negativePrompt("blurred")
                  .lora("ink", 0.8)
                  .build());

  private PromptSpec asked(ImagePrompt prompt) {
    builder.build().call(prompt);
    return pipeline.last();
  }

  private PromptSpec asked(SdLoraImageOptions options) {
    return asked(new ImagePrompt("a cat", options));
  }

  @Test
  void call_withoutOptions_asksForTheDefaults() {
    assertThat(asked(new ImagePrompt("a cat")))
        .isEqualTo(
            PromptSpec.builder()
                .prompt("a cat <lora:ink:0.8>")
                .negativePrompt("blurred")
                .steps(9)
                .size(128, 64)
                .build());
  }

  @Test
  void call_ownOptions_goBeforeTheDefaultsAndLeaveTheRest() {
    PromptSpec spec =
        asked(
            SdLoraImageOptions.builder()
                .sampler("Euler a")
                .schedule(Schedule.KARRAS)
                .cfgScale(4)
                .seed(-1)
                .loras(Map.of("night", 1.0))
                .n(2)
                .build());
    assertThat(spec.sampler()).isEqualTo(Sampler.EULER_A);
    assertThat(spec.schedule()).isEqualTo(Schedule.KARRAS);
    assertThat(spec.cfgScale()).isEqualTo(4);
    assertThat(spec.seed()).hasValue(-1);
    assertThat(spec.prompt()).isEqualTo("a cat <lora:night:1.0>");
    assertThat(spec.images()).isEqualTo(2);
    assertThat(spec.steps()).isEqualTo(9);
  }

  @Test
  void call_portableOptions_nullsNeverOverride() {
    ImageOptions size = ImageOptionsBuilder.builder().width(64).height(64).n(3).build();
    PromptSpec spec = asked(new ImagePrompt("a cat", size));
    assertThat(spec.size()).contains(new ImageSize(64, 64));
    assertThat(spec.images()).isEqualTo(3);
    assertThat(spec.steps()).isEqualTo(9);
    assertThat(asked(new ImagePrompt("a cat", ImageOptionsBuilder.builder().build())).size())
        .contains(new ImageSize(128, 64));
  }

  @Test
  void call_optionsOfAStrangersClass_areTakenAsPortable() {
    assertThat(asked(new ImagePrompt("a cat", new StrangersOptions())).images()).isEqualTo(4);
  }

  /** Options of another provider. */
  private static final class StrangersOptions implements ImageOptions {
    @Override
    public Integer getN() {
      return 4;
    }

    @Override
    public @Nullable String getModel() {
      return null;
    }

    @Override
    public @Nullable Integer getWidth() {
      return null;
    }

    @Override
    public @Nullable Integer getHeight() {
      return null;
    }

    @Override
    public @Nullable String getResponseFormat() {
      return null;
    }

    @Override
    public @Nullable String getStyle() {
      return null;
    }
  }

  @Test
  void call_samplerWithItsSchedule_goesBeforeTheScheduleOfTheDefaults() {
    builder.defaults(SdLoraImageOptions.builder().schedule(Schedule.EXPONENTIAL).build());
    assertThat(asked(SdLoraImageOptions.builder().sampler("DPM++ 2M Karras").build()).schedule())
        .isEqualTo(Schedule.KARRAS);
    assertThat(asked(SdLoraImageOptions.builder().sampler(Sampler.EULER).build()).schedule())
        .isEqualTo(Schedule.EXPONENTIAL);
  }

  @Test
  void call_fewSteps_keepsStepsThatAreSet() {
    PromptSpec spec = asked(SdLoraImageOptions.builder().fewSteps(FewSteps.LCM).steps(6).build());
    assertThat(spec.sampler()).isEqualTo(Sampler.LCM);
    assertThat(spec.steps()).isEqualTo(6);
    assertThat(spec.cfgScale()).isEqualTo(1);
  }

  @Test
  void call_shiftAndEta_areSamplerOptions() {
    PromptSpec spec = asked(SdLoraImageOptions.builder().set("shift", 3).set("eta", 0.5).build());
    assertThat(spec.samplerOptions().shift()).hasValue(3);
    assertThat(spec.samplerOptions().eta()).hasValue(0.5);
  }

  @Test
  void call_skipLayers_areSamplerOptions() {
    PromptSpec spec =
        asked(
            SdLoraImageOptions.builder()
                .set("skipLayers", List.of(7, 8, 9))
                .set("skipLayerScale", 2)
                .set("skipLayerStart", 0)
                .set("skipLayerEnd", 0.5)
                .build());
    assertThat(spec.samplerOptions())
        .isEqualTo(
            SamplerOptions.builder()
                .skipLayers(7, 8, 9)
                .skipLayerScale(2)
                .skipLayerStart(0)
                .skipLayerEnd(0.5)
                .build());
  }

  @Test
  void call_t5Tokens_areThoseOfTheRequest_andAreChecked() {
    PromptSpec spec = asked(SdLoraImageOptions.builder().set("t5Tokens", 256).build());
    assertThat(spec.promptOptions().t5Tokens()).hasValue(256);
    assertThat(asked(SdLoraImageOptions.builder().build()).promptOptions().t5Tokens()).isEmpty();
    SdLoraImageOptions tooMany = SdLoraImageOptions.builder().set("t5Tokens", 513).build();
    assertThatThrownBy(() -> asked(tooMany)).hasMessage("t5Tokens must be from 1 to 512: 513");
  }

  @Test
  void call_distilledGuidance_hasOneForEachPass() {
    PromptSpec spec =
        asked(
            SdLoraImageOptions.builder()
                .set("distilledGuidance", 3)
                .hiresScale(2)
                .set("hiresDistilledGuidance", 2.5)
                .build());
    assertThat(spec.distilledGuidance()).hasValue(3);
    assertThat(spec.hiresFix().orElseThrow().distilledGuidance()).hasValue(2.5);
  }

  @Test
  void call_customizers_haveTheLastWordInTheirOrder() {
    builder.defaults(
        SdLoraImageOptions.builder().customize(spec -> spec.steps(3).clipSkip(2)).build());
    PromptSpec spec =
        asked(SdLoraImageOptions.builder().steps(30).customize(each -> each.steps(5)).build());
    assertThat(spec.steps()).isEqualTo(5);
    assertThat(spec.clipSkip()).isEqualTo(2);
  }

  @Test
  void call_tagInThePrompt_goesBeforeTheOption() {
    assertThat(asked(new ImagePrompt("a cat <lora:ink:0.3>")).prompt())
        .isEqualTo("a cat <lora:ink:0.3>");
  }

  @Test
  void call_messagesWithWeights_areSidesOfAndAndTheNegativePrompt() {
    PromptSpec spec =
        asked(
            new ImagePrompt(
                List.of(
                    new ImageMessage("a cat"),
                    new ImageMessage("a dog", 0.5f),
                    new ImageMessage("snow", -1f),
                    new ImageMessage("night", -0.5f),
                    new ImageMessage("nothing", 0f)),
                SdLoraImageOptions.builder().loras(Map.of()).build()));
    assertThat(spec.prompt()).isEqualTo("a cat :1.0 AND a dog :0.5");
    assertThat(spec.negativePrompt()).isEqualTo("blurred, snow, (night:0.5)");
  }

  @Test
  void call_pictureAndMaskAmongMedia_areImgToImgAndInpainting() throws IOException {
    SdLoraImageOptions options =
        SdLoraImageOptions.builder().denoisingStrength(0.6).maskBlur(2).hiresScale(2).build();
    Media mask =
        Media.builder()
            .mimeType(MimeTypeUtils.IMAGE_PNG)
            .data(URI.create("data:image/png;base64," + Base64.getEncoder().encodeToString(png())))
            .name("mask")
            .build();
    Media photo = new Media(MimeTypeUtils.IMAGE_PNG, new ByteArrayResource(png()));
    ImageMessage message = new ImageMessage("a cat", 1f, List.of(photo, mask), Map.of());
    ImageResponse response = builder.build().call(new ImagePrompt(message, options));
    assertThat(pipeline.last().imageToImage())
        .hasValueSatisfying(
            start -> {
              assertThat(start.denoisingStrength()).isEqualTo(0.6);
              assertThat(start.image()).isEqualTo(image());
              assertThat(start.inpainting().map(Inpainting::maskBlur)).contains(2);
            });
    assertThat(metadata(response).warnings())
        .containsExactly(
            "hires fix is skipped because the request has a start image", "mind the paint");
  }

  @Test
  void call_mediaNamedReference_areReferenceImages() {
    Media.Builder reference =
        Media.builder().mimeType(MimeTypeUtils.IMAGE_PNG).data(new ByteArrayResource(png(16)));
    builder
        .build()
        .call(
            withMedia(reference.name("reference").build(), reference.name("Reference 2").build()));
    assertThat(pipeline.last().referenceImages()).hasSize(2);
    assertThat(pipeline.last().imageToImage()).isEmpty();
  }

  private static Image image() {
    return Image.read(new ByteArrayInputStream(png()));
  }

  private static byte[] png() {
    return png(8);
  }

  private static byte[] png(int height) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(new BufferedImage(16, height, BufferedImage.TYPE_INT_RGB), "png", bytes);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return bytes.toByteArray();
  }

  @Test
  void call_mediaThatAreNoPictures_saySo() {
    assertThatThrownBy(
            () -> asked(withMedia(new Media(MimeTypeUtils.IMAGE_PNG, uri("http://x/y")))))
        .isInstanceOf(ImageOptionsException.class)
        .hasMessageContaining("other URLs are not fetched: http://x/y");
    assertThatThrownBy(
            () -> asked(withMedia(new Media(MimeTypeUtils.IMAGE_PNG, uri("data:x;base64,!")))))
        .hasMessageContaining("image stream");
    Media photo = new Media(MimeTypeUtils.IMAGE_PNG, new ByteArrayResource(png()));
    assertThatThrownBy(() -> asked(withMedia(photo, photo)))
        .hasMessageContaining("one image, and one mask");
  }

  private static URI uri(String text) {
    return URI.create(text);
  }

  private static ImagePrompt withMedia(Media... media) {
    return new ImagePrompt(List.of(new ImageMessage("a cat", 1f, List.of(media), Map.of())));
  }

  @Test
  void call_answer_holdsPicturesSeedsAndSettings() throws IOException {
    ImageResponse response =
        builder
            .build()
            .call(new ImagePrompt("a cat", SdLoraImageOptions.builder().n(2).seed(5).build()));
    assertThat(response.getResults()).hasSize(2);
    assertThat(((SdLoraImageMetadata) response.getResults().get(1).getMetadata()).seed())
        .isEqualTo(6);
    assertThat(metadata(response).infotext()).startsWith("a cat");
    byte[] bytes =
        Base64.getDecoder().decode(response.getResults().get(0).getOutput().getB64Json());
    assertThat(ImageIO.read(new ByteArrayInputStream(bytes)).getWidth()).isEqualTo(8);
    assertThat(response.getMetadata().<String>get("model")).isEqualTo("paint");
    assertThat(response.getMetadata().<List<String>>get("warnings"))
        .containsExactly("mind the paint");
  }

  private static SdLoraImageMetadata metadata(ImageResponse response) {
    return (SdLoraImageMetadata) response.getResults().get(0).getMetadata();
  }

  @Test
  void call_urlAndJpeg_giveADataAddress() {
    ImageResponse response =
        builder
            .build()
            .call(
                new ImagePrompt(
                    "a cat",
                    SdLoraImageOptions.builder()
                        .responseFormat("url")
                        .outputFormat("JPG")
                        .build()));
    assertThat(response.getResults().get(0).getOutput().getUrl())
        .startsWith("data:image/jpeg;base64,/9j");
  }

  @Test
  void call_anotherModel_isRefused() {
    asked(SdLoraImageOptions.builder().model("paint").build());
    asked(SdLoraImageOptions.builder().model("paint.safetensors").build());
    assertThatThrownBy(() -> asked(SdLoraImageOptions.builder().model("dall-e-3").build()))
        .isInstanceOf(ImageOptionsException.class)
        .hasMessageStartingWith("model 'dall-e-3' is not available, this application runs 'paint'");
  }

  @Test
  void call_style_isOneOfTheFileOrPassedOverWithAWarning() {
    SdLoraImageOptions vivid = SdLoraImageOptions.builder().style("vivid").build();
    assertThat(metadata(builder.build().call(new ImagePrompt("a cat", vivid))).warnings())
        .first()
        .asString()
        .startsWith("style 'vivid' is ignored");
    Style style = new Style("Vivid", "{prompt}, vivid", "");
    builder.styles(List.of(style));
    assertThat(asked(vivid).promptOptions().styles()).containsExactly(style);
    assertThatThrownBy(() -> asked(SdLoraImageOptions.builder().style("dull").build()))
        .hasMessage("style 'dull' is not in the styles file; it has: Vivid");
  }

  @Test
  void call_halfASize_isRefused() {
    builder.defaults(SdLoraImageOptions.builder().build());
    assertThatThrownBy(() -> asked(SdLoraImageOptions.builder().width(64).build()))
        .hasMessage("width and height must be set together: 64, null");
  }

  @Test
  void call_observed_bySpringAisConvention() {
    TestObservationRegistry registry = TestObservationRegistry.create();
    builder.observationRegistry(registry).name("paint-1").build().call(new ImagePrompt("a cat"));
    TestObservationRegistryAssert.assertThat(registry)
        .hasObservationWithNameEqualTo("gen_ai.client.operation")
        .that()
        .hasLowCardinalityKeyValue("gen_ai.operation.name", "image")
        .hasLowCardinalityKeyValue("gen_ai.system", "sdlora")
        .hasLowCardinalityKeyValue("gen_ai.request.model", "paint-1")
        .hasHighCardinalityKeyValue("gen_ai.request.image.size", "128x64")
        .hasBeenStarted()
        .hasBeenStopped();
  }
}
