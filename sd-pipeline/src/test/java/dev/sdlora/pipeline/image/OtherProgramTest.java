package dev.sdlora.pipeline.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.ImageSettingsException;
import dev.sdlora.api.Picture;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pictures of programs whose settings are not A1111's text. */
final class OtherProgramTest {
  private static final String FOOOCUS =
      """
      {"adm_guidance": "(1.5, 0.8, 0.3)", "base_model": "juggernautXL", "full_prompt": ["a cat"],
       "metadata_scheme": "fooocus", "performance": "Speed", "prompt": "a cat", "seed": "7"}
      """;

  private static final String SWARM =
      """
      {"sui_image_params": {"prompt": "a cat", "model": "x", "seed": 3, "steps": 20}}
      """;

  private static final String COMFY =
      """
      {"3": {"class_type": "KSampler", "inputs": {"seed": 5, "model": ["4", 0]}}}
      """;

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
  void readParameters_textUnderAnotherKeyword_isRefusedByName(String keyword, String program) {
    assertRefused(png(keyword, "{}"), program);
  }

  @Test
  void readParameters_jsonInPlaceOfParameters_isRefusedByName() {
    assertRefused(png("parameters", FOOOCUS), "Fooocus");
    assertRefused(png("parameters", SWARM), "SwarmUI");
    assertRefused(png("parameters", COMFY), "ComfyUI");
    assertRefused(png("parameters", "{\"a\": 1}"), "a program that this library does not know");
  }

  @Test
  void readParameters_jsonInJpeg_isRefusedByName() {
    assertRefused(image(FOOOCUS, "jpg"), "Fooocus");
    assertRefused(image("workflow:" + COMFY, "jpeg"), "ComfyUI");
  }

  @Test
  void parse_json_isRefusedByName() {
    assertThatThrownBy(() -> Infotext.parse(FOOOCUS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("the text holds settings of Fooocus, which cannot be read");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{a cat|a dog}", "{\"a\": 1} a cat", "[a:b:3]", "\"a\""})
  void parse_promptThatLooksLikeJson_isAPrompt(String prompt) {
    assertThat(Infotext.parse(prompt).prompt()).isEqualTo(prompt);
  }

  private static void assertRefused(byte[] picture, String program) {
    assertThatThrownBy(() -> PictureFiles.readParameters(new ByteArrayInputStream(picture)))
        .isInstanceOf(ImageSettingsException.class)
        .hasMessage(
            "image stream holds settings of "
                + program
                + ", which cannot be read; those of A1111, of programs that write its text, and of"
                + " NovelAI can");
  }

  /** A PNG whose only text stands under a keyword. */
  private static byte[] png(String keyword, String text) {
    byte[] plain = image("", "png");
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    png.writeBytes(Arrays.copyOf(plain, 33));
    png.writeBytes(TextChunk.encode(keyword, text));
    // Behind the header stands the chunk of an empty text.
    int length = 12 + ByteBuffer.wrap(plain).getInt(33);
    png.writeBytes(Arrays.copyOfRange(plain, 33 + length, plain.length));
    assertThat(new String(plain, 37, 4, StandardCharsets.ISO_8859_1)).isEqualTo("tEXt");
    return png.toByteArray();
  }

  private static byte[] image(String text, String format) {
    return PictureFiles.encode(
        new GeneratedImage(Picture.of(8, 8, new byte[8 * 8 * 3]), 1, text), format);
  }
}
