package dev.sdlora.request;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.StableDiffusionException;
import dev.sdlora.api.value.SettingException;
import java.awt.image.BufferedImage;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever a request says, it is read, or refused in a sentence. */
class RequestPropertyTest {
  private static final List<String> NAMES =
      List.of(
          "prompt",
          "negative_prompt",
          "styles",
          "seed",
          "subseed",
          "subseed_strength",
          "seed_resize_from_w",
          "seed_resize_from_h",
          "sampler_name",
          "sampler_index",
          "scheduler",
          "steps",
          "cfg_scale",
          "image_cfg_scale",
          "eta",
          "s_churn",
          "s_tmin",
          "s_tmax",
          "s_noise",
          "s_min_uncond",
          "width",
          "height",
          "batch_size",
          "n_iter",
          "enable_hr",
          "hr_scale",
          "hr_resize_x",
          "hr_resize_y",
          "hr_upscaler",
          "hr_second_pass_steps",
          "hr_sampler_name",
          "hr_scheduler",
          "denoising_strength",
          "tiling",
          "restore_faces",
          "script_name",
          "alwayson_scripts",
          "override_settings",
          "infotext",
          "init_images",
          "mask",
          "mask_blur",
          "inpainting_fill",
          "resize_mode",
          "outpainting",
          "lora_mode",
          "lenient",
          "masks",
          "refiner_checkpoint",
          "refiner_switch_at");

  private static final String PIXEL =
      Pictures.base64(Pictures.png(new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB)));

  @Provide
  Arbitrary<String> json() {
    Arbitrary<String> scalars =
        Arbitraries.of(
            "0",
            "-1",
            "1",
            "8",
            "64",
            "1.5",
            "1e400",
            "-1e400",
            "9223372036854775808",
            "NaN",
            "null",
            "true",
            "\"\"",
            "\"x\"",
            "\"1\"",
            "\"1e999999999\"",
            "\"DPM++ 2M Karras\"",
            "\"Steps: 1, Size: 0x0\"",
            "\"0,0,1,1\"",
            "\"1,1,0,0\"",
            "\"job:1\"",
            "\"data:,\"",
            "\"\\ud800\"",
            "\"" + PIXEL + "\"");
    return Arbitraries.recursive(
        () -> scalars,
        inner ->
            Arbitraries.oneOf(
                inner.list().ofMaxSize(3).map(list -> "[" + String.join(",", list) + "]"),
                Arbitraries.maps(
                        Arbitraries.of("controlnet", "args", "image", "model", "left", "m"), inner)
                    .ofMaxSize(3)
                    .map(RequestPropertyTest::object)),
        0,
        3);
  }

  private static String object(Map<String, String> fields) {
    return fields.entrySet().stream()
        .map(field -> "\"" + field.getKey() + "\":" + field.getValue())
        .collect(Collectors.joining(",", "{", "}"));
  }

  @Provide
  Arbitrary<Map<String, String>> requests() {
    return Arbitraries.maps(Arbitraries.of(NAMES), json()).ofMaxSize(6);
  }

  @Property(tries = 2000)
  void request_isReadOrRefused(@ForAll("requests") Map<String, String> request) {
    Fields fields = Fields.parse(object(request).getBytes(StandardCharsets.UTF_8));
    try {
      Overrides overrides =
          Overrides.read(fields.object("override_settings"), DrawingWriterTest.OFFER);
      new DrawingReader(DrawingWriterTest.OFFER).read(fields, Dialect.A1111, overrides);
    } catch (StableDiffusionException e) {
      assertThat(e.getMessage()).isNotBlank().hasSizeLessThan(10_000);
    } catch (IllegalArgumentException e) {
      assertThat(e.getClass())
          .as(e.toString())
          .isIn(IllegalArgumentException.class, FieldException.class, SettingException.class);
      assertThat(e.getMessage()).isNotBlank().hasSizeLessThan(10_000);
    }
  }

  @Property(tries = 2000)
  void bytes_areAnObjectOrRefused(
      @ForAll byte[] noise, @ForAll("requests") Map<String, String> of) {
    byte[] text = object(of).getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < noise.length && text.length > 0; i += 2) {
      text[Math.floorMod(noise[i] * 31 + i, text.length)] = noise[Math.max(0, i - 1)];
    }
    try {
      ObjectNode object = Fields.parse(text).node();
      assertThat((JsonNode) object).isNotNull();
    } catch (IllegalArgumentException e) {
      assertThat(e.getMessage()).matches("(?s)(is no JSON: .+|must be a JSON object)");
    }
  }
}
