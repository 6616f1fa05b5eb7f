package dev.sdlora.pipeline.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.error.ImageSettingsException;
import dev.sdlora.api.image.Image;
import dev.sdlora.infotext.Infotext;
import dev.sdlora.infotext.key.ImageSettings;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of images from programs that do not write A1111's text. */
final class OtherProgramTest {
  /** Modelled on the output of version 2.5.5, with shorter prompts. */
  private static final String FOOOCUS =
      """
      {"adm_guidance": "(1.5, 0.8, 0.3)", "base_model": "juggernautXL_v8",
       "base_model_hash": "aeb7e9e689", "clip_skip": 2, "full_negative_prompt": ["blurry", "text"],
       "full_prompt": ["cinematic still a cat . moody", "a cat, detailed"], "guidance_scale": 4,
       "lora_combined_1": "offset_1.0 : 0.1", "loras": [["offset_1.0", 0.1, "4852686128"]],
       "metadata_scheme": "fooocus", "negative_prompt": "", "performance": "Speed",
       "prompt": "a cat", "refiner_model": "sd15.safetensors", "refiner_model_hash": "0123456789",
       "refiner_switch": 0.6, "resolution": "(512, 768)", "sampler": "dpmpp_2m_sde_gpu",
       "scheduler": "karras", "seed": "127589946317439009", "sharpness": 2, "steps": 30,
       "styles": "['Fooocus V2']", "vae": "Default (model)", "version": "Fooocus v2.5.5"}
      """;

  private static final String SWARM =
      """
      {"sui_image_params": {"prompt": "a fox", "negativeprompt": "bad", "model": "xl/juggernaut",
        "seed": 42, "steps": 30, "cfgscale": 7.0, "aspectratio": "1:1", "width": 1024,
        "height": 1024, "sampler": "dpmpp_2m", "scheduler": "karras", "clipstopatlayer": -2,
        "loras": ["detail"], "loraweights": ["0.6"], "refinercontrolpercentage": 0.3,
        "refinerupscale": 2.0, "refinerupscalemethod": "model-4x_foolhardy.pth",
        "swarm_version": "0.9.3.1"},
       "sui_models": [{"name": "xl/juggernaut.safetensors", "param": "model",
        "hash": "0xd7a9105a900fd52748f20725fe52fe52b507fd36bee4fc107b1550a26e6ee1d7"}]}
      """;

  private static final String COMFY =
      """
      {"3": {"class_type": "KSampler", "inputs": {"seed": 5, "model": ["4", 0], "steps": 9,
       "sampler_name": "euler", "scheduler": "normal", "cfg": 3, "latent_image": ["5", 0]}},
       "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 64, "height": 64}}}
      """;

  /** Output of version 5; version 3 names models differently. */
  private static final String INVOKE =
      """
      {"generation_mode": "txt2img", "positive_prompt": "an (old submarine)1.3", "width": 1216,
       "negative_prompt": "blurry-", "height": 832, "seed": 2718281828, "rand_device": "cpu",
       "cfg_scale": 6.0, "cfg_rescale_multiplier": 0.0, "steps": 28, "scheduler": "dpmpp_2m_sde_k",
       "clip_skip": 1, "model": {"key": "3b", "hash": "blake3:1f2e", "name": "Juggernaut"},
       "loras": [{"model": {"hash": "sha256:0123456789abcdef", "name": "cutaway"}, "weight": 0.85}],
       "vae": {"name": "fixed"}, "controlnets": [], "app_version": "5.6.0"}
      """;

  private static final String INVOKE_3 =
      """
      {"app_version": "3.3.0", "positive_prompt": "a hill", "negative_prompt": "", "width": 768,
       "height": 432, "seed": 356120443, "rand_device": "cuda", "cfg_scale": 7.5, "steps": 50,
       "scheduler": "euler", "clip_skip": 0, "model": {"model_name": "amixx", "base_model": "sd-1"},
       "loras": [{"lora": {"model_name": "ink", "base_model": "sd-1"}, "weight": 0.5}]}
      """;

  private static final String INVOKE_2 =
      """
      {"model": "stable diffusion", "model_weights": "sd-1.5", "app_version": "2.2.4",
       "image": {"prompt": [{"prompt": "an owl [blurry, text]", "weight": 1}], "steps": 50,
        "cfg_scale": 7.5, "height": 512, "width": 768, "seed": 7, "sampler": "k_lms",
        "seamless": false}}
      """;

  @Test
  void readParameters_fooocus_isTheTextThatA1111WouldWrite() {
    String expected =
        """
        cinematic still a cat . moody
        BREAK a cat, detailed <lora:offset_1.0:0.1>
        Negative prompt: blurry
        BREAK text
        Steps: 30, Sampler: DPM++ 2M SDE, Schedule type: Karras, CFG scale: 4, Seed: \
        127589946317439009, Size: 512x768, Model hash: aeb7e9e689, Model: juggernautXL_v8, RNG: \
        CPU, Fooocus adm_guidance: "(1.5, 0.8, 0.3)", Fooocus performance: Speed, Fooocus prompt: \
        a cat, Fooocus sharpness: 2, Fooocus styles: ['Fooocus V2'], Lora hashes: "offset_1.0: \
        4852686128", Refiner: sd15 [0123456789], Refiner switch at: 0.6, Version: Fooocus v2.5.5\
        """;

    assertThat(read(png("parameters", FOOOCUS))).isEqualTo(expected);
    assertThat(read(image(FOOOCUS, "jpg"))).isEqualTo(expected);
    assertThat(Infotext.parse(FOOOCUS)).isEqualTo(Infotext.parse(expected));
  }

  @Test
  void readParameters_swarmUi_isTheTextThatA1111WouldWrite() {
    assertThat(read(png("parameters", SWARM)))
        .isEqualTo(
            """
            a fox <lora:detail:0.6>
            Negative prompt: bad
            Steps: 30, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 7, Seed: 42, Size: \
            1024x1024, Model hash: \
            d7a9105a900fd52748f20725fe52fe52b507fd36bee4fc107b1550a26e6ee1d7, Model: juggernaut, \
            Denoising strength: 0.3, Clip skip: 2, RNG: CPU, Hires upscale: 2, Hires upscaler: \
            4x_foolhardy, Version: SwarmUI 0.9.3.1\
            """);
  }

  @Test
  void readParameters_invokeAi_isTheTextThatA1111WouldWrite() {
    assertThat(read(png("invokeai_metadata", INVOKE)))
        .isEqualTo(
            """
            an (old submarine:1.3) <lora:cutaway:0.85>
            Negative prompt: (blurry:0.9)
            Steps: 28, Sampler: DPM++ 2M SDE, Schedule type: Karras, CFG scale: 6, Seed: \
            2718281828, Size: 1216x832, Model: Juggernaut, VAE: fixed, Clip skip: 2, RNG: CPU, \
            InvokeAI generation_mode: txt2img, Lora hashes: "cutaway: 0123456789abcdef", \
            Emphasis: No norm, Version: InvokeAI 5.6.0\
            """);
    assertThat(read(png("invokeai_metadata", INVOKE_3)))
        .isEqualTo(
            """
            a hill <lora:ink:0.5>
            Steps: 50, Sampler: Euler, Schedule type: Normal, CFG scale: 7.5, Seed: 356120443, \
            Size: 768x432, Model: amixx, RNG: NV, Empty negative: encoded, Version: InvokeAI 3.3.0\
            """);
  }

  @Test
  void readParameters_oldInvokeAi_hasTheNegativePromptInBrackets() {
    assertThat(read(png("sd-metadata", INVOKE_2)))
        .isEqualTo(
            """
            an owl
            Negative prompt: blurry, text
            Steps: 50, Sampler: LMS, Schedule type: Normal, CFG scale: 7.5, Seed: 7, Size: \
            768x512, Model: sd-1.5, RNG: CPU, InvokeAI seamless: False, Version: InvokeAI 2.2.4\
            """);
    assertThat(
            read(
                png(
                    "Dream",
                    "\"a red fox [blurry]\" -s 50 -S 33 -W 512 -H 768 -C 7.5 -A k_euler_a")))
        .isEqualTo(
            """
            a red fox
            Negative prompt: blurry
            Steps: 50, Sampler: Euler a, Schedule type: Normal, CFG scale: 7.5, Seed: 33, Size: \
            512x768, RNG: CPU, Version: InvokeAI\
            """);
  }

  @Test
  void readParameters_dream_keepsAllOptionsWithAllTheirValues() {
    assertThat(
            read(
                png(
                    "Dream",
                    "\"a fox\" -s50 -S 33 -W512 -H 768 -C7.5 -Ak_dpmpp_2 -G 0.8 -ft codeformer -cf"
                        + " 0.75 -U 2 0.6 -V 12:0.1,-3:0.2 -tm cat -1 --hires_fix")))
        .isEqualTo(
            """
            a fox
            Steps: 50, Sampler: DPM++ 2M, Schedule type: Normal, CFG scale: 7.5, Seed: 33, Size: \
            512x768, RNG: CPU, InvokeAI option G: 0.8, InvokeAI option ft: codeformer, \
            InvokeAI option cf: 0.75, InvokeAI option U: 2 0.6, \
            InvokeAI option V: "12:0.1,-3:0.2", InvokeAI option tm: cat -1, \
            InvokeAI option hires_fix: true, Empty negative: encoded, Version: InvokeAI\
            """);
  }

  @Test
  void readParameters_firstComfyUi_hasSamplersByTheirFunctions() {
    assertThat(read(png("prompt", COMFY.replace("\"euler\"", "\"sample_dpmpp_2m\""))))
        .startsWith("Steps: 9, Sampler: DPM++ 2M, Schedule type: Normal, ");
  }

  @Test
  void readParameters_comfyUi_readsTheGraphThatWasRunBeforeThatOfThePage() {
    String expected =
        "Steps: 9, Sampler: Euler, Schedule type: Normal, CFG scale: 3, Seed: 5, Size: 64x64, RNG:"
            + " CPU, Empty negative: encoded, Version: ComfyUI";

    assertThat(read(png("prompt", COMFY))).isEqualTo(expected);
    assertThat(read(png("workflow", "{}", "prompt", COMFY))).isEqualTo(expected);
    assertThat(read(image("workflow:" + COMFY, "jpeg"))).isEqualTo(expected);
  }

  /** As Pillow writes it for ComfyUI: in the camera's model and maker, in WebP and in JPEG. */
  @Test
  void decode_graphsInPlaceOfTheCamera_areTheGraphThatWasRun() {
    byte[] exif = tiff(0x010f, "workflow:{\"nodes\": []}", 0x0110, "prompt:" + COMFY);

    assertThat(ExifComment.decode(exif)).contains("prompt:" + COMFY);
    assertThat(ExifComment.decode(tiff(0x010e, "Workflow:{\"a\": 1}", 0x010f, "Prompt:{\"b\": 2}")))
        .contains("Prompt:{\"b\": 2}");
  }

  /** As Pillow writes it for Fooocus: in the first directory, without a character code. */
  @Test
  void parse_guidanceOfFluxInSwarmUi_isDistilledGuidance() {
    PromptSpec spec =
        Infotext.parse(
            SWARM.replace("\"cfgscale\": 7.0", "\"cfgscale\": 1, \"fluxguidancescale\": 2.5"));

    assertThat(spec.cfgScale()).isEqualTo(1);
    assertThat(spec.distilledGuidance()).hasValue(2.5);
    assertThat(spec.otherParameters().keySet()).noneMatch(key -> key.contains("guidance"));
  }

  @Test
  void decode_commentInTheFirstDirectory_isRead() {
    assertThat(ExifComment.decode(tiff(0x927c, "fooocus", 0x9286, FOOOCUS))).contains(FOOOCUS);
  }

  /** Returns EXIF data with two zero-terminated texts. */
  private static byte[] tiff(int tag, String text, int otherTag, String otherText) {
    byte[] first = (text + "\0").getBytes(StandardCharsets.UTF_8);
    byte[] second = (otherText + "\0").getBytes(StandardCharsets.UTF_8);
    ByteBuffer tiff = ByteBuffer.allocate(38 + first.length + second.length);
    tiff.putShort((short) 0x4d4d).putShort((short) 42).putInt(8).putShort((short) 2);
    tiff.putShort((short) tag).putShort((short) 2).putInt(first.length).putInt(38);
    tiff.putShort((short) otherTag).putShort((short) 2).putInt(second.length);
    tiff.putInt(38 + first.length).putInt(0);
    return tiff.put(first).put(second).array();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "workflow          | ComfyUI",
        "prompt            | ComfyUI",
        "invokeai_metadata | InvokeAI",
        "sd-metadata       | InvokeAI",
        "Dream             | InvokeAI",
        "fooocus_scheme    | Fooocus",
        "sui_image_params  | SwarmUI",
      })
  void readParameters_nothingUnderstood_isRefusedByName(String keyword, String program) {
    for (String text : new String[] {"{}", "{", "[]", "7", "", "{\"a\": [".repeat(2000)}) {
      assertThatThrownBy(() -> read(png(keyword, text)))
          .isInstanceOf(ImageSettingsException.class)
          .hasMessage(
              "image stream holds settings of "
                  + program
                  + ", but they could not be read; they may be truncated, or use an unknown"
                  + " version or unknown nodes");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"a\": 1}                          | an unknown program",
        "{\"uc\": \"blurry\", \"c\": \"a cat\"} | Draw Things",
      })
  void readParameters_jsonOfOtherPrograms_isRefusedByName(String json, String program) {
    assertThatThrownBy(() -> read(png("parameters", json)))
        .isInstanceOf(ImageSettingsException.class)
        .hasMessage(
            "image stream holds settings of "
                + program
                + ", which cannot be read; supported are A1111, ComfyUI, Fooocus, InvokeAI, NovelAI"
                + " and SwarmUI");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{a cat|a dog}", "{\"a\": 1} a cat", "[a:b:3]", "\"a\""})
  void parse_promptThatLooksLikeJson_isAPrompt(String prompt) {
    assertThat(Infotext.parse(prompt).prompt()).isEqualTo(prompt);
  }

  private static String read(byte[] picture) {
    String text = ImageFiles.readInfotext(new ByteArrayInputStream(picture));
    PromptSpec spec = Infotext.parse(text);
    ImageSettings settings =
        new ImageSettings(
            spec, spec.size().orElseThrow(), spec.seed().orElseThrow(), spec.otherParameters());
    assertThat(Infotext.parse(Infotext.write(settings))).isEqualTo(spec);
    return text;
  }

  /** Returns a PNG with texts under these keywords only. */
  private static byte[] png(String... keywordsAndTexts) {
    byte[] plain = image("", "png");
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    png.writeBytes(Arrays.copyOf(plain, 33));
    for (int i = 0; i < keywordsAndTexts.length; i += 2) {
      png.writeBytes(TextChunk.encode(keywordsAndTexts[i], keywordsAndTexts[i + 1]));
    }
    // The chunk of an empty text follows the header.
    int length = 12 + ByteBuffer.wrap(plain).getInt(33);
    png.writeBytes(Arrays.copyOfRange(plain, 33 + length, plain.length));
    assertThat(new String(plain, 37, 4, StandardCharsets.ISO_8859_1)).isEqualTo("tEXt");
    return png.toByteArray();
  }

  private static byte[] image(String text, String format) {
    return ImageFiles.encode(
        new GeneratedImage(Image.of(8, 8, new byte[8 * 8 * 3]), 1, text), format);
  }
}
