package dev.sdlora.infotext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.Upscaler;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.SamplerOptions;
import dev.sdlora.api.sampling.Schedule;
import dev.sdlora.infotext.key.ImageSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** Tests of graphs of ComfyUI's standard nodes, modelled on its examples. */
final class ComfyUiImagesTest {
  private static final String LOADER =
      "{'class_type': 'CheckpointLoaderSimple', 'inputs': {'ckpt_name':"
          + " 'sd15\\\\v1-5.safetensors'}}";
  private static final String EMPTY =
      "{'class_type': 'EmptyLatentImage', 'inputs': {'width': 512, 'height': 768, 'batch_size':"
          + " 1}}";
  private static final String DECODE =
      "{'class_type': 'VAEDecode', 'inputs': {'samples': ['3', 0], 'vae': ['4', 2]}}";
  private static final String SAVE =
      "{'class_type': 'SaveImage', 'inputs': {'filename_prefix': 'x', 'images': ['8', 0]}}";

  private static final String KSAMPLER = sampler("156680208700286", "20", "1.0", "['5', 0]");

  /** Returns the nodes of the default graph by number; some may be replaced. */
  private static Map<String, String> nodes() {
    Map<String, String> nodes = new LinkedHashMap<>();
    nodes.put("3", KSAMPLER);
    nodes.put("4", LOADER);
    nodes.put("5", EMPTY);
    nodes.put("6", text("a (cat:1.2) [in] the hall", "['4', 1]"));
    nodes.put("7", text("blurry", "['4', 1]"));
    nodes.put("8", DECODE);
    nodes.put("9", SAVE);
    return nodes;
  }

  private static String sampler(String seed, String steps, String denoise, String latent) {
    return ("{'class_type': 'KSampler', 'inputs': {'seed': %s, 'steps': %s, 'cfg': 7.5,"
            + " 'sampler_name': 'dpmpp_2m', 'scheduler': 'karras', 'denoise': %s, 'model': ['4',"
            + " 0], 'positive': ['6', 0], 'negative': ['7', 0], 'latent_image': %s},"
            + " 'is_changed': [NaN]}")
        .formatted(seed, steps, denoise, latent);
  }

  private static String text(String text, String clip) {
    return "{'class_type': 'CLIPTextEncode', 'inputs': {'text': '%s', 'clip': %s}}"
        .formatted(text, clip);
  }

  private static String json(Map<String, String> nodes) {
    List<String> fields = new ArrayList<>();
    nodes.forEach((id, node) -> fields.add("'" + id + "': " + node));
    return ("{" + String.join(", ", fields) + "}").replace('\'', '"');
  }

  private static PromptSpec read(Map<String, String> nodes) {
    PromptSpec spec = Infotext.parse(json(nodes));
    String again =
        Infotext.write(
            new ImageSettings(
                spec,
                spec.size().orElseThrow(),
                spec.seed().orElseThrow(),
                spec.otherParameters()));
    assertThat(Infotext.parse(again)).isEqualTo(spec);
    return spec;
  }

  private static String write(PromptSpec spec) {
    return Infotext.write(
        new ImageSettings(
            spec, spec.size().orElseThrow(), spec.seed().orElseThrow(), spec.otherParameters()));
  }

  @Test
  void parse_defaultGraph_isTheText() {
    assertThat(write(read(nodes())))
        .isEqualTo(
            """
            a (cat:1.2) \\[in\\] the hall
            Negative prompt: blurry
            Steps: 20, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 7.5, Seed: \
            156680208700286, Size: 512x768, Model: v1-5, RNG: CPU, Emphasis: No norm, Version: \
            ComfyUI\
            """);
  }

  @Test
  void parse_lorasOnTheWay_areTagsInTheirOrder() {
    Map<String, String> nodes = nodes();
    nodes.put("10", lora("LoraLoader", "style/ink.safetensors", "['4', 0]", "['4', 1]"));
    nodes.put("11", lora("LoraLoaderModelOnly", "lcm.safetensors", "['10', 0]", "['10', 1]"));
    nodes.put(
        "12",
        "{'class_type': 'CLIPSetLastLayer', 'inputs': {'stop_at_clip_layer': -2, 'clip': ['10',"
            + " 1]}}");
    nodes.put("6", text("a cat", "['12', 0]"));
    nodes.put("3", KSAMPLER.replace("'model': ['4', 0]", "'model': ['11', 0]"));

    PromptSpec spec = read(nodes);

    assertThat(spec.prompt()).isEqualTo("a cat <lora:ink:0.6:0.8> <lora:lcm:0:0.8>");
    assertThat(spec.clipSkip()).isEqualTo(2);
    assertThat(spec.otherParameters()).containsOnlyKeys("Model", "Version");
  }

  private static String lora(String type, String file, String model, String clip) {
    return ("{'class_type': '%s', 'inputs': {'lora_name': '%s', 'strength_model': 0.8,"
            + " 'strength_clip': 0.6, 'model': %s, 'clip': %s}}")
        .formatted(type, file, model, clip);
  }

  @Test
  void parse_latentUpscaleAndSecondSampler_isHiresFix() {
    Map<String, String> nodes = nodes();
    nodes.put(
        "20",
        "{'class_type': 'LatentUpscaleBy', 'inputs': {'upscale_method': 'nearest-exact',"
            + " 'scale_by': 1.5, 'samples': ['3', 0]}}");
    nodes.put(
        "21",
        sampler("5", "12", "0.5", "['20', 0]")
            .replace("'dpmpp_2m'", "'euler'")
            .replace("7.5", "4"));
    nodes.put("8", DECODE.replace("'3'", "'21'"));

    PromptSpec spec = read(nodes);

    HiresFix hires = spec.hiresFix().orElseThrow();
    assertThat(spec.sampler()).isEqualTo(Sampler.DPMPP_2M);
    assertThat(spec.size()).contains(new ImageSize(512, 768));
    assertThat(hires.scale()).isEqualTo(1.5);
    assertThat(hires.upscaler()).isEqualTo(Upscaler.LATENT_NEAREST_EXACT);
    assertThat(hires.steps()).hasValue(12);
    assertThat(hires.denoisingStrength()).isEqualTo(0.5);
    assertThat(hires.sampler()).contains(Sampler.EULER);
    assertThat(hires.cfgScale()).hasValue(4);
    assertThat(spec.otherParameters()).containsEntry("ComfyUI hires seed", "5");
  }

  @Test
  void parse_pictureUpscaledByNetwork_isHiresFixToASize() {
    Map<String, String> nodes = nodes();
    nodes.put("30", "{'class_type': 'UpscaleModelLoader', 'inputs': {'model_name': '4x-U.pth'}}");
    nodes.put(
        "31",
        "{'class_type': 'ImageUpscaleWithModel', 'inputs': {'upscale_model': ['30', 0], 'image':"
            + " ['32', 0]}}");
    nodes.put("32", DECODE);
    nodes.put(
        "33",
        "{'class_type': 'ImageScale', 'inputs': {'upscale_method': 'lanczos', 'width': 1024,"
            + " 'height': 1536, 'crop': 'disabled', 'image': ['31', 0]}}");
    nodes.put(
        "34", "{'class_type': 'VAEEncode', 'inputs': {'pixels': ['33', 0], 'vae': ['4', 2]}}");
    nodes.put("21", sampler("156680208700286", "20", "0.4", "['34', 0]"));
    nodes.put("8", DECODE.replace("'3'", "'21'"));

    HiresFix hires = read(nodes).hiresFix().orElseThrow();

    assertThat(hires.upscaler().name()).isEqualTo("4x-U");
    assertThat(hires.size()).contains(new ImageSize(1024, 1536));
    assertThat(hires.sampler()).isEmpty();
  }

  @Test
  void parse_samplerInParts_isPutTogether() {
    Map<String, String> nodes = nodes();
    nodes.put(
        "3",
        "{'class_type': 'SamplerCustomAdvanced', 'inputs': {'noise': ['40', 0], 'guider': ['41',"
            + " 0], 'sampler': ['42', 0], 'sigmas': ['43', 0], 'latent_image': ['5', 0]}}");
    nodes.put("40", "{'class_type': 'RandomNoise', 'inputs': {'noise_seed': 77}}");
    nodes.put(
        "41",
        "{'class_type': 'CFGGuider', 'inputs': {'cfg': 3.5, 'model': ['4', 0], 'positive': ['6',"
            + " 0], 'negative': ['7', 0]}}");
    nodes.put("42", "{'class_type': 'KSamplerSelect', 'inputs': {'sampler_name': 'euler'}}");
    nodes.put(
        "43",
        "{'class_type': 'BasicScheduler', 'inputs': {'scheduler': 'sgm_uniform', 'steps': 8,"
            + " 'denoise': 1.0, 'model': ['4', 0]}}");

    PromptSpec spec = read(nodes);

    assertThat(spec.seed()).hasValue(77);
    assertThat(spec.cfgScale()).isEqualTo(3.5);
    assertThat(spec.steps()).isEqualTo(8);
    assertThat(spec.sampler()).isEqualTo(Sampler.EULER);
    assertThat(spec.schedule()).isEqualTo(Schedule.SGM_UNIFORM);
    assertThat(spec.negativePrompt()).isEqualTo("blurry");
    assertThat(spec.otherParameters()).containsOnlyKeys("Model", "Version");

    nodes.put(
        "41",
        "{'class_type': 'BasicGuider', 'inputs': {'model': ['4', 0], 'conditioning': ['6', 0]}}");
    PromptSpec alone = read(nodes);
    assertThat(alone.cfgScale()).isEqualTo(1);
    assertThat(alone.prompt()).startsWith("a (cat:1.2)");
    assertThat(alone.negativePrompt()).isEmpty();
  }

  @Test
  void parse_guidanceOfFluxAndSkippedLayers_areSettings() {
    Map<String, String> nodes = nodes();
    nodes.put("3", KSAMPLER.replace("['4', 0]", "['20', 0]").replace("['6', 0]", "['21', 0]"));
    nodes.put(
        "20",
        "{'class_type': 'SkipLayerGuidanceSD3', 'inputs': {'model': ['4', 0], 'layers': '7, 8, 9',"
            + " 'scale': 3.0, 'start_percent': 0.01, 'end_percent': 0.15}}");
    nodes.put(
        "21",
        "{'class_type': 'FluxGuidance', 'inputs': {'guidance': 2.5, 'conditioning': ['6', 0]}}");

    PromptSpec spec = Infotext.parse(json(nodes));

    assertThat(spec.prompt()).isEqualTo("a (cat:1.2) \\[in\\] the hall");
    assertThat(spec.distilledGuidance()).hasValue(2.5);
    assertThat(spec.promptOptions().t5Tokens()).hasValue(256);
    assertThat(spec.samplerOptions())
        .isEqualTo(
            SamplerOptions.builder()
                .skipLayers(7, 8, 9)
                .skipLayerScale(3)
                .skipLayerEnd(0.15)
                .build());
    assertThat(spec.otherParameters().toString()).doesNotContain("FluxGuidance", "SkipLayer");
  }

  /** Models and text encoders may have any name, as fine-tuned ones do. */
  @Test
  void parse_nodeOfFluxOnTheWayToTheModel_tellsTheT5Tokens() {
    Map<String, String> nodes = nodes();
    nodes.put("3", KSAMPLER.replace("['4', 0]", "['20', 0]"));
    nodes.put("20", "{'class_type': 'ModelSamplingFlux', 'inputs': {'model': ['4', 0]}}");
    assertThat(Infotext.parse(json(nodes)).promptOptions().t5Tokens()).hasValue(256);
    nodes.put("20", "{'class_type': 'ModelSamplingFlux2', 'inputs': {'model': ['4', 0]}}");
    assertThat(Infotext.parse(json(nodes)).promptOptions().t5Tokens()).isEmpty();
  }

  @Test
  void parse_baseAndRefiner_switchAtTheStep() {
    Map<String, String> nodes = nodes();
    nodes.put("3", advanced("enable", 0, 20, "['4', 0]", "['5', 0]"));
    nodes.put("50", LOADER.replace("v1-5", "refiner"));
    nodes.put("51", advanced("disable", 20, 10000, "['50', 0]", "['3', 0]"));
    nodes.put("8", DECODE.replace("'3'", "'51'"));

    PromptSpec spec = read(nodes);

    assertThat(spec.refinerSwitch()).hasValue(0.8);
    assertThat(spec.otherParameters())
        .containsEntry("Refiner", "refiner")
        .containsEntry("Model", "v1-5");
    assertThat(spec.steps()).isEqualTo(25);
    assertThat(spec.hiresFix()).isEmpty();
  }

  private static String advanced(String noise, int start, int end, String model, String latent) {
    return ("{'class_type': 'KSamplerAdvanced', 'inputs': {'add_noise': '%s', 'noise_seed': 9,"
            + " 'steps': 25, 'cfg': 8, 'sampler_name': 'euler_ancestral', 'scheduler': 'normal',"
            + " 'start_at_step': %s, 'end_at_step': %s, 'return_with_leftover_noise': 'enable',"
            + " 'model': %s, 'positive': ['6', 0], 'negative': ['7', 0], 'latent_image': %s}}")
        .formatted(noise, start, end, model, latent);
  }

  @Test
  void parse_conditionsTogether_areParts() {
    Map<String, String> nodes = nodes();
    nodes.put(
        "60",
        "{'class_type': 'ConditioningCombine', 'inputs': {'conditioning_1': ['6', 0],"
            + " 'conditioning_2': ['61', 0]}}");
    nodes.put(
        "61",
        "{'class_type': 'ConditioningConcat', 'inputs': {'conditioning_to': ['62', 0],"
            + " 'conditioning_from': ['63', 0]}}");
    nodes.put("62", text("a dog", "['4', 1]"));
    nodes.put("63", text("a hat", "['4', 1]"));
    nodes.put("6", text("a cat", "['4', 1]"));
    nodes.put("3", KSAMPLER.replace("'positive': ['6', 0]", "'positive': ['60', 0]"));

    assertThat(read(nodes).prompt()).isEqualTo("a cat :0.5 AND a dog\nBREAK a hat :0.5");
  }

  @Test
  void parse_controlNetAndUnknownNodes_areAmongTheRest() {
    Map<String, String> nodes = nodes();
    nodes.put("70", "{'class_type': 'ControlNetLoader', 'inputs': {'control_net_name': 'canny'}}");
    nodes.put("72", "{'class_type': 'LoadImage', 'inputs': {'image': 'edges.png'}}");
    nodes.put(
        "71",
        "{'class_type': 'ControlNetApplyAdvanced', 'inputs': {'strength': 0.9, 'positive': ['6',"
            + " 0], 'negative': ['7', 0], 'control_net': ['70', 0], 'image': ['72', 0]}}");
    nodes.put("73", "{'class_type': 'FreeU', 'inputs': {'b1': 1.1, 'model': ['4', 0]}}");
    nodes.put(
        "3",
        KSAMPLER
            .replace("'positive': ['6', 0]", "'positive': ['71', 0]")
            .replace("'negative': ['7', 0]", "'negative': ['71', 1]")
            .replace("'model': ['4', 0]", "'model': ['73', 0]")
            .replace("dpmpp_2m", "ipndm_v"));

    PromptSpec spec = read(nodes);

    assertThat(spec.prompt()).startsWith("a (cat:1.2)");
    assertThat(spec.negativePrompt()).isEqualTo("blurry");
    assertThat(spec.otherParameters())
        .containsEntry("Model", "v1-5")
        .containsEntry("ComfyUI node 71", "ControlNetApplyAdvanced strength 0.9")
        .containsEntry("ComfyUI node 70", "ControlNetLoader control_net_name canny")
        .containsEntry("ComfyUI node 73", "FreeU b1 1.1")
        .containsEntry("ComfyUI sampler", "ipndm_v");
  }

  @Test
  void parse_twoEncodersOfSdxl_tellTheSizes() {
    Map<String, String> nodes = nodes();
    nodes.put(
        "6",
        "{'class_type': 'CLIPTextEncodeSDXL', 'inputs': {'width': 2048, 'height': 1024, 'crop_w':"
            + " 8, 'crop_h': 0, 'target_width': 1024, 'target_height': 512, 'text_g': 'a cat',"
            + " 'text_l': 'cat', 'clip': ['4', 1]}}");

    PromptSpec spec = read(nodes);

    assertThat(spec.prompt()).isEqualTo("a cat");
    assertThat(spec.sizeConditioning().originalSize().orElseThrow()).hasToString("2048x1024");
    assertThat(spec.sizeConditioning().targetSize().orElseThrow()).hasToString("1024x512");
    assertThat(spec.sizeConditioning().cropLeft()).isEqualTo(8);
    assertThat(spec.otherParameters()).containsEntry("ComfyUI text of the smaller encoder", "cat");
  }

  @Test
  void parse_pictureInPlaceOfNoise_keepsTheStrength() {
    Map<String, String> nodes = nodes();
    nodes.put("3", sampler("1", "20", "0.6", "['80', 0]"));
    nodes.put(
        "80", "{'class_type': 'VAEEncode', 'inputs': {'pixels': ['81', 0], 'vae': ['4', 2]}}");
    nodes.put("81", "{'class_type': 'LoadImage', 'inputs': {'image': 'in.png'}}");

    PromptSpec spec = Infotext.parse(json(nodes));

    assertThat(spec.otherParameters())
        .containsEntry("Denoising strength", "0.6")
        .containsEntry("ComfyUI node 81", "LoadImage image in.png");
  }

  @Test
  void parameters_severalSavedPictures_theOneOfTheSize() {
    Map<String, String> nodes = nodes();
    nodes.put(
        "20",
        "{'class_type': 'LatentUpscale', 'inputs': {'upscale_method': 'bilinear', 'width': 1024,"
            + " 'height': 1536, 'crop': 'disabled', 'samples': ['3', 0]}}");
    nodes.put("21", sampler("5", "12", "0.5", "['20', 0]"));
    nodes.put("22", DECODE.replace("'3'", "'21'"));
    nodes.put("23", SAVE.replace("'8'", "'22'"));

    assertThat(hires(nodes, Optional.of(new ImageSize(512, 768)))).isEmpty();
    assertThat(hires(nodes, Optional.of(new ImageSize(1024, 1536)))).isPresent();
    assertThat(hires(nodes, Optional.empty())).isPresent();
  }

  private static Optional<HiresFix> hires(Map<String, String> nodes, Optional<ImageSize> size) {
    String text = OtherProgram.COMFY_UI.parameters(json(nodes), size).orElseThrow();
    return Infotext.parse(text).hiresFix();
  }

  /** As saved by the user interface: widgets in order, links in a list, one node bypassed. */
  @Test
  void parse_workflow_isReadLikeTheGraph() {
    String workflow =
        """
        {"last_node_id": 10, "nodes": [
          {"id": 3, "type": "KSampler", "mode": 0, "inputs": [
            {"name": "model", "type": "MODEL", "link": 1}, {"name": "positive", "type": "CONDITIONING", "link": 4},
            {"name": "negative", "type": "CONDITIONING", "link": 6}, {"name": "latent_image", "type": "LATENT", "link": 2}],
           "widgets_values": [42, "randomize", 20, 7.5, "dpmpp_2m", "karras", 1]},
          {"id": 4, "type": "CheckpointLoaderSimple", "mode": 0, "inputs": [], "widgets_values": ["v1-5.safetensors"]},
          {"id": 10, "type": "LoraLoader", "mode": 4, "inputs": [
            {"name": "model", "type": "MODEL", "link": 11}, {"name": "clip", "type": "CLIP", "link": 12}],
           "widgets_values": ["ink.safetensors", 1, 1]},
          {"id": 5, "type": "EmptyLatentImage", "mode": 0, "widgets_values": [512, 768, 1]},
          {"id": 6, "type": "CLIPTextEncode", "mode": 0, "inputs": [{"name": "clip", "type": "CLIP", "link": 3}],
           "widgets_values": ["a (cat:1.2) [in] the hall"]},
          {"id": 7, "type": "CLIPTextEncode", "mode": 0, "inputs": [{"name": "clip", "type": "CLIP", "link": 5}],
           "widgets_values": ["blurry"]}],
         "links": [[1, 10, 0, 3, 0, "MODEL"], [11, 4, 0, 10, 0, "MODEL"], [12, 4, 1, 10, 1, "CLIP"],
          [2, 5, 0, 3, 3, "LATENT"], [3, 10, 1, 6, 0, "CLIP"], [4, 6, 0, 3, 1, "CONDITIONING"],
          [5, 4, 1, 7, 0, "CLIP"], [6, 7, 0, 3, 2, "CONDITIONING"]]}
        """;
    Map<String, String> nodes = nodes();
    nodes.put("3", sampler("42", "20", "1", "['5', 0]"));

    assertThat(Infotext.parse(workflow)).isEqualTo(read(nodes));
  }

  @Test
  void parse_valuesOutOfRange_areToldAndNotUsed() {
    Map<String, String> nodes = nodes();
    nodes.put(
        "3", sampler("99999999999999999999999", "-5", "1.0", "['5', 0]").replace("7.5", "NaN"));
    nodes.put("5", EMPTY.replace("512", "511"));

    PromptSpec spec = Infotext.parse(json(nodes));

    assertThat(spec.steps()).isEqualTo(20);
    assertThat(spec.seed()).isEmpty();
    assertThat(spec.otherParameters())
        .containsEntry("ComfyUI Steps", "-5")
        .containsEntry("ComfyUI CFG scale", "NaN")
        .containsEntry("ComfyUI Seed", "99999999999999999999999");
  }

  @Test
  void parse_graphInCircles_ends() {
    Map<String, String> nodes = nodes();
    nodes.put("4", LOADER.replace("'ckpt_name'", "'model': ['10', 0], 'clip': ['10', 1], 'x'"));
    nodes.put("10", lora("LoraLoader", "ink", "['4', 0]", "['4', 1]"));
    nodes.put("5", "{'class_type': 'X', 'inputs': {'samples': ['3', 0]}}");
    nodes.put(
        "6",
        "{'class_type': 'ConditioningCombine', 'inputs': {'conditioning_1': ['6', 0],"
            + " 'conditioning_2': ['6', 0]}}");
    nodes.put("7", "{'class_type': 'CLIPTextEncode', 'inputs': {'text': ['7', 0]}}");

    assertThat(Infotext.parse(json(nodes)).sampler()).isEqualTo(Sampler.DPMPP_2M);
  }

  @Test
  void parse_manyNodes_readsThoseOfThePicture() {
    Map<String, String> nodes = nodes();
    for (int i = 100; i < 60_000; i++) {
      nodes.put(
          "" + i,
          "{'class_type': 'LoraLoader', 'inputs': {'lora_name': 'l"
              + i
              + "', 'model': ['"
              + (i + 1)
              + "', 0]}}");
    }
    nodes.put("3", KSAMPLER.replace("'model': ['4', 0]", "'model': ['59000', 0]"));

    PromptSpec spec = Infotext.parse(json(nodes));

    assertThat(spec.prompt()).contains("<lora:l59499:0:1> <lora:l59498:0:1>");
    assertThat(spec.otherParameters()).hasSizeLessThan(100);
  }

  @Test
  void parse_noSampler_isRefusedByName() {
    Map<String, String> nodes = nodes();
    nodes.remove("3");

    assertThatThrownBy(() -> Infotext.parse(json(nodes)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("the text holds settings of ComfyUI, but they could not be read");
  }

  /** Whatever the inputs contain, our text for the result parses to the same result. */
  @Property(tries = 300)
  void parse_anyInputs_comeBackFromOurText(
      @ForAll("values") List<String> values, @ForAll("links") List<String> links) {
    Map<String, String> nodes = nodes();
    nodes.put(
        "3",
        ("{'class_type': 'KSampler', 'inputs': {'seed': 7, 'steps': %s, 'cfg': %s,"
                + " 'sampler_name': %s, 'scheduler': %s, 'denoise': %s, 'model': %s, 'positive':"
                + " %s, 'negative': %s, 'latent_image': %s}}")
            .formatted(
                values.get(0),
                values.get(1),
                values.get(2),
                values.get(3),
                values.get(4),
                links.get(0),
                links.get(1),
                links.get(2),
                links.get(3)));
    nodes.put(
        "6",
        "{'class_type': 'CLIPTextEncode', 'inputs': {'text': "
            + values.get(5)
            + ", 'clip': "
            + links.get(4)
            + "}}");
    nodes.put("8", DECODE.replace("['3', 0]", links.get(5)));
    nodes.put(
        "21",
        ("{'class_type': 'KSampler', 'inputs': {'seed': 8, 'steps': 9, 'cfg': 3, 'sampler_name':"
                + " %s, 'scheduler': %s, 'denoise': %s, 'model': %s, 'positive': %s, 'negative':"
                + " %s, 'latent_image': ['20', 0]}}")
            .formatted(
                values.get(6),
                values.get(7),
                values.get(8),
                links.get(6),
                links.get(7),
                links.get(8)));
    nodes.put(
        "20",
        "{'class_type': 'LatentUpscaleBy', 'inputs': {'upscale_method': 'x', 'scale_by': "
            + values.get(9)
            + ", 'samples': "
            + links.get(9)
            + "}}");
    nodes.put("10", lora("LoraLoader", "a:b", links.get(10), links.get(11)));

    PromptSpec spec;
    try {
      spec = Infotext.parse(json(nodes));
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageContaining("but they could not be read");
      return;
    }
    if (spec.size().isPresent() && spec.seed().isPresent()) {
      assertThat(Infotext.parse(write(spec))).isEqualTo(spec);
    }
  }

  @Provide
  Arbitrary<List<String>> values() {
    return mixed(
        List.of(
            "20",
            "7",
            "'euler'",
            "'karras'",
            "1",
            "'a (cat:1.5)'",
            "'lcm'",
            "'simple'",
            "0.5",
            "2"),
        List.of(
            "1",
            "0",
            "-1",
            "20",
            "0.5",
            "1e300",
            "NaN",
            "true",
            "null",
            "'euler'",
            "'lcm'",
            "'karras'",
            "'simple'",
            "'uni_pc_bh2'",
            "'dpmpp_3m_sde_gpu'",
            "'Negative prompt: x'",
            "'(a:1.5) AND b: 2'",
            "'Steps: 1, Sampler: x, Size: 8x8'",
            "'a, \\n{b} <lora:x:1>'",
            "['3', 0]",
            "['6', 0]",
            "{}",
            "'  '"));
  }

  @Provide
  Arbitrary<List<String>> links() {
    return mixed(
        List.of(
            "['10', 0]",
            "['6', 0]",
            "['7', 0]",
            "['5', 0]",
            "['10', 1]",
            "['21', 0]",
            "['4', 0]",
            "['6', 0]",
            "['7', 0]",
            "['3', 0]",
            "['4', 0]",
            "['4', 1]"),
        List.of(
            "['3', 0]",
            "['4', 0]",
            "['4', 1]",
            "['5', 0]",
            "['6', 0]",
            "['7', 0]",
            "['10', 0]",
            "['10', 1]",
            "['20', 0]",
            "['21', 0]",
            "['99', 0]",
            "5",
            "['5']"));
  }

  /** Generates lists of usual values with an odd value in one of five places. */
  private static Arbitrary<List<String>> mixed(List<String> usual, List<String> odd) {
    return Arbitraries.integers()
        .between(0, 5 * odd.size() - 1)
        .list()
        .ofSize(usual.size())
        .map(
            numbers ->
                IntStream.range(0, usual.size())
                    .mapToObj(
                        i -> numbers.get(i) < odd.size() ? odd.get(numbers.get(i)) : usual.get(i))
                    .toList());
  }
}
