package dev.sdlora.server.sdapi;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.Style;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.Preprocessor;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.demo.model.DemoModel;
import dev.sdlora.request.image.Base64Images;
import dev.sdlora.server.Served;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A1111's API. */
@SuppressWarnings("NullAway.Init")
class SdapiTest {
  private static final String SMALL = "'width': 64, 'height': 64, 'steps': 2";
  private static Pipeline pipeline;
  private static Served served;

  @BeforeAll
  static void start(@TempDir Path folder) {
    pipeline = Served.pipeline(1);
    new Style("loud", "{prompt}, red", "").save(folder.resolve("styles.csv"));
    served = Served.of(pipeline, settings -> settings.styles(folder.resolve("styles.csv")));
  }

  @AfterAll
  static void stop() {
    served.close();
    pipeline.close();
    assertThat(pipeline.liveTensors()).isZero();
  }

  private static byte[] bytes(JsonNode text) {
    return Base64.getDecoder().decode(text.asText());
  }

  private static Image image(JsonNode text) {
    return Image.read(new ByteArrayInputStream(bytes(text)));
  }

  @Test
  void txt2img_tagOfLora_drawsWhatTheLibraryDraws() {
    JsonNode answer =
        served.ask(
            "/sdapi/v1/txt2img",
            "{'prompt': 'a red star <lora:ink_lines:0.8>', 'negative_prompt': 'ring', 'seed': 7,"
                + " 'sampler_name': 'Euler a', 'cfg_scale': 4, 'n_iter': 2, "
                + SMALL
                + "}");
    PromptSpec spec =
        PromptSpec.builder()
            .prompt("a red star <lora:ink_lines:0.8>")
            .negativePrompt("ring")
            .seed(7)
            .sampler(Sampler.EULER_A)
            .cfgScale(4)
            .images(2)
            .size(64, 64)
            .steps(2)
            .build();
    List<GeneratedImage> expected = pipeline.generate(spec).images();
    assertThat(answer.get("images")).hasSize(2);
    assertThat(bytes(answer.get("images").get(1))).isEqualTo(expected.get(1).png());
    JsonNode info = Served.json(answer.get("info").asText());
    assertThat(info.get("all_seeds").toString()).isEqualTo("[7,8]");
    assertThat(info.get("infotexts").get(0).asText()).isEqualTo(expected.get(0).infotext());
    assertThat(info.get("sd_model_name").asText()).isEqualTo("demo-sd1");
    assertThat(answer.get("parameters").get("negative_prompt").asText()).isEqualTo("ring");
  }

  @Test
  void txt2img_loraBesideThePrompt_actsAsATagDoes() {
    String rest = ", 'seed': 3, " + SMALL + "}";
    JsonNode beside =
        served.ask(
            "/sdapi/v1/txt2img",
            "{'prompt': 'a ring', 'lora': [{'path': 'some/ink_lines.safetensors',"
                + " 'multiplier': 0.5}]"
                + rest);
    JsonNode tag =
        served.ask("/sdapi/v1/txt2img", "{'prompt': 'a ring<lora:ink_lines:0.5>'" + rest);
    JsonNode without =
        served.ask(
            "/sdapi/v1/txt2img",
            "{'prompt': 'a ring<lora:ink_lines:0.5>', 'disable_extra_networks': true" + rest);
    assertThat(image(beside.get("images").get(0))).isEqualTo(image(tag.get("images").get(0)));
    assertThat(image(without.get("images").get(0))).isNotEqualTo(image(tag.get("images").get(0)));
  }

  @Test
  void txt2img_overrideSettings_actForOneRequest() {
    String settings = "{'prompt': 'a ring', 'seed': 3, %s " + SMALL + "}";
    JsonNode plain = served.ask("/sdapi/v1/txt2img", settings.formatted(""));
    JsonNode overridden =
        served.ask(
            "/sdapi/v1/txt2img",
            settings.formatted(
                "'override_settings': {'CLIP_stop_at_last_layers': 2, 'filter_nsfw': true},"));
    JsonNode again = served.ask("/sdapi/v1/txt2img", settings.formatted(""));
    assertThat(overridden.get("info").asText()).contains("Clip skip: 2").contains("'filter_nsfw'");
    assertThat(again.get("images")).isEqualTo(plain.get("images"));
  }

  @Test
  void options_clipSkip_actsUntilItIsSetBack() {
    served.ask("/sdapi/v1/options", "{'CLIP_stop_at_last_layers': 2}");
    JsonNode options = served.get("/sdapi/v1/options");
    JsonNode answer = served.ask("/sdapi/v1/txt2img", "{'prompt': 'a ring', " + SMALL + "}");
    served.ask("/sdapi/v1/options", "{'CLIP_stop_at_last_layers': 1}");
    assertThat(options.get("CLIP_stop_at_last_layers").asInt()).isEqualTo(2);
    assertThat(answer.get("info").asText()).contains("Clip skip: 2");
  }

  @Test
  void txt2img_hiresFixStyleAndVariation_areInThePicture() {
    JsonNode answer =
        served.ask(
            "/sdapi/v1/txt2img",
            "{'prompt': 'a ring', 'styles': ['loud'], 'subseed': 5, 'subseed_strength': 0.2,"
                + " 'enable_hr': true, 'hr_scale': 2, 'hr_upscaler': 'Latent', 'hr_prompt': '', "
                + SMALL
                + "}");
    assertThat(image(answer.get("images").get(0)).width()).isEqualTo(128);
    assertThat(Served.json(answer.get("info").asText()).get("infotexts").get(0).asText())
        .startsWith("a ring, red")
        .contains("Variation seed: 5")
        .contains("Hires upscaler: Latent");
  }

  @Test
  void img2img_mask_keepsWhatIsBlack() {
    Image white = filled(64, 255);
    Image mask = left(64);
    JsonNode answer =
        served.ask(
            "/sdapi/v1/img2img",
            "{'prompt': 'a red star', 'init_images': ['data:image/png;base64,%s'], 'mask': '%s', 'mask_blur': 0, 'inpaint_full_res': false, 'inpainting_fill': 1, 'denoising_strength': 0.9, %s}"
                .formatted(base64(white), base64(mask), SMALL));
    Image painted = image(answer.get("images").get(0));
    assertThat(painted.rgb()[3 * 63] & 0xff).isEqualTo(255);
    assertThat(painted).isNotEqualTo(white);
    assertThat(answer.get("parameters").has("init_images")).isFalse();
  }

  private static Image filled(int side, int value) {
    byte[] rgb = new byte[3 * side * side];
    Arrays.fill(rgb, (byte) value);
    return Image.of(side, side, rgb);
  }

  private static Image left(int side) {
    byte[] rgb = new byte[3 * side * side];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (i / 3 % side < side / 2 ? 255 : 0);
    }
    return Image.of(side, side, rgb);
  }

  static String base64(Image picture) {
    return Base64.getEncoder().encodeToString(new GeneratedImage(picture, 0, "x").png());
  }

  @Test
  void progress_whileDrawing_tellsStepsAndShowsThePicture() {
    CompletableFuture<HttpResponse<String>> drawing =
        served.sendAsync(
            served.post(
                "/sdapi/v1/txt2img", Served.LONG.replace("}", ", 'force_task_id': 'task(abc)'}")));
    JsonNode progress =
        served.until("/sdapi/v1/progress", answer -> !answer.get("current_image").isNull());
    JsonNode without = served.get("/sdapi/v1/progress?skip_current_image=true");
    JsonNode task = served.ask("/internal/progress", "{'id_task': 'task(abc)'}");
    served.ask("/sdapi/v1/interrupt", "");
    JsonNode answer = Served.json(drawing.join());
    assertThat(progress.get("state").get("sampling_steps").asInt()).isEqualTo(1000);
    assertThat(progress.get("progress").asDouble()).isBetween(0.0, 1.0);
    assertThat(image(progress.get("current_image")).width()).isEqualTo(16);
    assertThat(without.get("current_image").isNull()).isTrue();
    assertThat(task.get("active").asBoolean()).isTrue();
    assertThat(task.get("live_preview").asText()).startsWith("data:image/png;base64,");
    assertThat(image(answer.get("images").get(0)).width()).isEqualTo(128);
    assertThat(answer.get("info").asText()).contains("\"interrupted\":true");
    assertThat(served.ask("/internal/progress", "{'id_task': 'task(abc)'}").get("completed"))
        .hasToString("true");
  }

  @Test
  void skip_ofTheFirst_goesOnWithTheSecond() {
    CompletableFuture<HttpResponse<String>> drawing =
        served.sendAsync(
            served.post("/sdapi/v1/txt2img", Served.LONG.replace("}", ", 'batch_size': 2}")));
    served.until(
        "/sdapi/v1/progress?skip_current_image=true",
        answer -> answer.get("state").get("sampling_step").asInt() > 0);
    served.ask("/sdapi/v1/skip", "");
    JsonNode second =
        served.until(
            "/sdapi/v1/progress?skip_current_image=true",
            answer -> answer.get("state").get("job_no").asInt() == 1);
    served.ask("/sdapi/v1/interrupt", "");
    assertThat(second.get("progress").asDouble()).isGreaterThanOrEqualTo(0.5);
    assertThat(Served.json(drawing.join()).get("images")).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sd-models", "sd-vae", "loras", "samplers", "schedulers", "upscalers",
        "latent-upscale-modes", "embeddings", "prompt-styles", "memory", "cmd-flags", "scripts",
        "script-info", "options", "hypernetworks", "face-restorers", "realesrgan-models", "progress"
      })
  void listings_never_tellPaths(String name) {
    HttpResponse<String> answer = served.send(served.request("/sdapi/v1/" + name));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
    assertThat(answer.body())
        .doesNotContain(DemoModel.loras().toString())
        .doesNotContain(String.valueOf(DemoModel.checkpoint().getParent()));
  }

  @Test
  void listings_ofNames_areThoseOfTheLibrary() {
    assertThat(served.get("/sdapi/v1/loras").findValuesAsText("name"))
        .containsExactly(
            "detail_slider", "fluent_3d", "ink_lines", "night", "noto", "size_slider", "zorp");
    assertThat(served.get("/sdapi/v1/samplers").findValuesAsText("name"))
        .contains("Euler a", "DPM++ 2M");
    assertThat(served.get("/sdapi/v1/schedulers").findValuesAsText("label")).contains("Karras");
    assertThat(served.get("/sdapi/v1/latent-upscale-modes").findValuesAsText("name"))
        .contains("Latent");
    assertThat(served.get("/sdapi/v1/prompt-styles").findValuesAsText("name"))
        .containsExactly("loud");
    assertThat(served.get("/controlnet/version").get("version").asInt()).isPositive();
    assertThat(served.get("/controlnet/model_list").get("model_list")).isEmpty();
    JsonNode modules = served.get("/controlnet/module_list");
    assertThat(modules.get("module_list").toString())
        .startsWith("[\"none\",\"canny\",")
        .endsWith(",\"ip-adapter-auto\"]");
    assertThat(modules.at("/module_detail/canny/sliders/1/value").asInt()).isEqualTo(100);
    assertThat(modules.at("/module_detail/tile_resample/sliders/0").isNull()).isTrue();
    assertThat(served.get("/controlnet/control_types").at("/control_types/Canny/default_option"))
        .hasToString("\"canny\"");
    assertThat(
            served.get("/controlnet/control_types").at("/control_types/IP-Adapter/default_option"))
        .hasToString("\"ip-adapter-auto\"");
    assertThat(served.get("/controlnet/control_types").has("control_types")).isTrue();
    assertThat(served.get("/controlnet/settings").has("control_net_unit_count")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"loras", "checkpoints", "vae", "embeddings"})
  void refreshes_have_nothingToDo(String name) {
    assertThat(served.ask("/sdapi/v1/refresh-" + name, "")).isEmpty();
  }

  @Test
  void pngInfo_ofAPicture_isWhatItWasMadeWith() {
    JsonNode made =
        served.ask("/sdapi/v1/txt2img", "{'prompt': 'a ring', 'seed': 9, " + SMALL + "}");
    JsonNode info =
        served.ask(
            "/sdapi/v1/png-info", "{'image': '%s'}".formatted(made.get("images").get(0).asText()));
    JsonNode none = served.ask("/sdapi/v1/png-info", "{'image': '%s'}".formatted(plainPng()));
    assertThat(info.get("info").asText()).startsWith("a ring\nSteps: 2, Sampler: Euler");
    assertThat(info.get("parameters").get("Seed").asText()).isEqualTo("9");
    assertThat(none.get("info").asText()).isEmpty();
  }

  private static String plainPng() {
    return Base64.getEncoder().encodeToString(Base64Images.png(filled(8, 0).toBufferedImage()));
  }

  @ParameterizedTest
  @CsvSource({"Lanczos, 0, 128, 128", "Nearest, 0, 128, 128", "None, 1, 96, 40"})
  void extraSingleImage_enlarges(String upscaler, int mode, int width, int height) {
    JsonNode answer =
        served.ask(
            "/sdapi/v1/extra-single-image",
            "{'image': '%s', 'resize_mode': %s, 'upscaling_resize_w': 96, 'upscaling_resize_h': 40, 'upscaler_1': '%s', 'upscaler_2': 'Lanczos', 'extras_upscaler_2_visibility': 0.5}"
                .formatted(base64(left(64)), mode, upscaler));
    Image enlarged = image(answer.get("image"));
    assertThat(enlarged.width()).isEqualTo(width);
    assertThat(enlarged.height()).isEqualTo(height);
    assertThat(enlarged.rgb()[0] & 0xff).isGreaterThan(240);
    assertThat(enlarged.rgb()[3 * (width - 1)] & 0xff).isLessThan(15);
  }

  @Test
  void detect_makesControlImages() {
    JsonNode answer =
        served.ask(
            "/controlnet/detect",
            "{'controlnet_module': 'canny', 'controlnet_processor_res': 128, 'controlnet_input_images': ['%s']}"
                .formatted(base64(left(64))));
    assertThat(answer.get("info").asText()).isEqualTo("Success");
    assertThat(image(answer.get("images").get(0)))
        .isEqualTo(Preprocessor.CANNY.withResolution(128).apply(left(64)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'controlnet_module': 'canny'} | No image selected",
        "{'controlnet_module': 'cany', 'controlnet_input_images': ['x']} | did you mean 'canny'?",
        "{'controlnet_module': 'openpose', 'controlnet_input_images': ['x']} | is not supported",
        "{'controlnet_module': 'canny', 'controlnet_input_images': ['aGVsbG8=']} | format",
        "{'controlnet_module': 'canny', 'controlnet_threshold_a': 900} | from 0 to 256: 900",
      })
  void detect_badRequests_areTold(String body, String sentence) {
    HttpResponse<String> answer = served.send(served.post("/controlnet/detect", body));
    assertThat(answer.statusCode()).isEqualTo(422);
    assertThat(Served.json(answer.body()).get("detail").asText()).contains(sentence);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "txt2img | {'prompt': | 400 | the body is not JSON: Unexpected end-of-input within/between"
            + " Object entries (line 1, column 11)",
        "txt2img | [] | 400 | must be a JSON object",
        "txt2img | {'steps': 'many'} | 422 | field 'steps' must be a number",
        "txt2img | {'steps': 1.5} | 422 | field 'steps' must be a whole number",
        "txt2img | {'steps': NaN} | 422 | field 'steps' must be a whole number",
        "txt2img | {'prompt': 5} | 422 | field 'prompt' must be a string",
        "txt2img | {'width': 65, 'height': 64} | 422 | multiple of 8",
        "txt2img | {'width': 99992, 'height': 99992} | 413 | pixels",
        "txt2img | {'enable_hr': true, 'hr_scale': 8} | 413 | hires",
        "txt2img | {'enable_hr': true, 'hr_upscaler': '/etc/passwd'} | 422 | no upscaler",
        "txt2img | {'batch_size': 17} | 422 | from 1 to 16 images",
        "txt2img | {'enable_hr': true, 'hr_upscaler': 'Lanczoz'} | 422 | did you mean 'Lanczos'?",
        "txt2img | {'sampler_name': 'Oiler'} | 422 | sampler 'Oiler' is unknown",
        "txt2img | {'sampler_name': 'Eular a'} | 422 | did you mean 'Euler a'",
        "txt2img | {'styles': ['lout']} | 422 | did you mean 'loud'?",
        "txt2img | {'script_name': 'x/y plot'} | 422 | Script 'x/y plot' not found",
        "txt2img | {'alwayson_scripts': {'cads': {}}} | 422 | Script 'cads' not found",
        "txt2img | {'styles': ['soft']} | 422 | there is no style 'soft'",
        "txt2img | {'override_settings': {'sd_model_checkpoint': 'x'}} | 422 | only 'demo-sd1' is"
            + " loaded",
        "txt2img | {'prompt': 'a <lora:ink_line:1>', 'width': 64, 'height': 64} | 422 | did you"
            + " mean 'ink_lines'?",
        "txt2img | {'lora': [{'path': '../../etc/passwd'}]} | 422 | 'passwd'",
        "txt2img | {'alwayson_scripts': {'controlnet': {'args': [{'model': 'canny', 'image':"
            + " 'x'}]}}} | 422 | there is no ControlNet 'canny'",
        "txt2img | {'prompt': 'a <hypernet:none\\n"
            + "forged line:1>', 'width': 64, 'height': 64} | 422 | hypernetwork 'none\\u000aforged"
            + " line' is not in",
        "img2img | {} | 404 | Init image not found",
        "img2img | {'init_images': ['http://localhost/x.png']} | 422 | URLs are not fetched",
        "img2img | {'init_images': ['aGVsbG8=']} | 422 | format",
        "png-info | {} | 404 | Image not found",
        "extra-single-image | {'image': 'aGVsbG8='} | 422 | format",
        "options | {'sd_vae': 'other.pt'} | 422 | 'other.pt'",
      })
  void badRequests_areTold_inOneSentence(String path, String body, int status, String sentence) {
    HttpResponse<String> answer = served.send(served.post("/sdapi/v1/" + path, body));
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(Served.json(answer.body()).get("detail").asText())
        .contains(sentence)
        .doesNotContain(DemoModel.loras().toString());
  }

  @Test
  void unknownPath_404_inTheSameForm() {
    HttpResponse<String> answer = served.send(served.request("/sdapi/v1/nothing"));
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(Served.json(answer.body()).get("detail").asText()).contains("not found");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET | /sdapi/v1/txt2img | POST, OPTIONS | /detail",
        "HEAD | /sdapi/v1/txt2img | POST, OPTIONS |",
        "DELETE | /sdapi/v1/options | GET, HEAD, POST, OPTIONS | /detail",
        "PATCH | /api/jobs/1 | DELETE, GET, HEAD, OPTIONS | /detail",
        "POST | /health | GET, HEAD, OPTIONS | /detail",
        "PUT | /v1/images/generations | POST, OPTIONS | /error/message",
        "PROPFIND | /v1/models | GET, HEAD, OPTIONS | /error/message",
      })
  void wrongMethod_405_tellsTheOnesThatThereAre(
      String method, String path, String allowed, @Nullable String sentence) {
    HttpResponse<String> answer =
        served.send(served.request(path).method(method, BodyPublishers.noBody()));
    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(answer.headers().firstValue("Allow").orElseThrow().split(", "))
        .containsExactlyInAnyOrder(allowed.split(", "));
    if (sentence != null) {
      assertThat(Served.json(answer.body()).at(sentence).asText())
          .startsWith("this path does not support the method: use ");
    }
  }

  @Test
  void wrongMethod_ofAnUnknownPath_404() {
    HttpResponse<String> answer = served.send(served.request("/sdapi/v1/nothing").DELETE());
    assertThat(answer.statusCode()).isEqualTo(404);
  }
}
