package dev.sdlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sdlora.cli.model.BundledModel;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.number.DType;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests {@code sd info} on typical files. */
final class InfoCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpg", "gif", "bmp"})
  void info_pictureWithoutSettings_saysItsSizeAndThatThereAreNone(String format)
      throws IOException {
    Path file = folder.resolve("plain." + format);
    ImageIO.write(new BufferedImage(20, 10, BufferedImage.TYPE_INT_RGB), format, file.toFile());

    JsonNode info = info(file);

    assertThat(info.get("kind").asText()).isEqualTo("image");
    assertThat(info.get("size").asText()).isEqualTo("20x10");
    assertThat(info.get("note").asText()).containsAnyOf("holds no", "hold no settings");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "conditioner.embedders.0.transformer.x | checkpoint  | has no U-Net",
        "cond_stage_model.model.x              | checkpoint  | has no U-Net",
        "model.diffusion_model.double_blocks.0.x | checkpoint | is a relative of FLUX.1: not"
            + " supported",
        "model.diffusion_model.x               | checkpoint  | has no VAE",
        "decoder.layers.3.conv.0.weight        | taesd       | is a TAESD",
        "3.conv.0.weight                       | taesd       | is a TAESD",
        "control_model.input_blocks.0.0.weight | controlnet  | is a ControlNet",
        "lora_controlnet                       | controlnet  | is a Control-LoRA",
        "task_embedding                        | controlnet  | is a ControlNet Union",
        "adapter.body.0.in_conv.weight         | t2i-adapter | is a T2I-Adapter",
        "model.1.sub.0.RDB1.conv1.0.weight     | upscaler    | is an upscaler",
        "body.0.rdb1.conv1.weight              | upscaler    | is an upscaler",
        "decoder.conv_in.weight                | vae         | is a VAE alone",
        "text_model.embeddings.token_embedding.weight | text-encoder | is a text encoder alone",
        "model.embed_tokens.weight             | text-encoder | is the text encoder Qwen3 alone",
        "input_blocks.0.0.weight               | unet        | is a U-Net alone",
      })
  void info_networkThatIsNotRunAlone_isOneSentence(String tensor, String kind, String note)
      throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter();
    writer.tensor(tensor, List.of(1L), new float[1], DType.F32);
    if (kind.equals("vae")) {
      writer.tensor("encoder.conv_in.weight", List.of(1L), new float[1], DType.F32);
    } else if (tensor.equals("model.embed_tokens.weight")) {
      writer.tensor("model.layers.0.self_attn.q_norm.weight", List.of(1L), new float[1], DType.F32);
    } else if (kind.equals("unet")) {
      writer.tensor("time_embed.0.weight", List.of(1L), new float[1], DType.F32);
    }
    Path file = folder.resolve("a.safetensors");
    writer.write(file);

    JsonNode info = info(file);

    assertThat(info.get("kind").asText()).isEqualTo(kind);
    assertThat(info.get("note").asText()).contains(note).doesNotContain("read as");
  }

  @Test
  void info_brokenLora_isOneSentenceAboutALora() throws IOException {
    Path file = folder.resolve("a.safetensors");
    new SafetensorsWriter()
        .tensor("lora_unet_x.lora_down.weight", List.of(1L, 1L), new float[1], DType.F32)
        .write(file);

    CommandRun run = CommandRun.of("info", file.toString());

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err().lines()).singleElement().asString().contains("LoRA");
  }

  @Test
  void info_badFileAmongGoodOnes_goesOnAndEndsWith1() throws IOException {
    Path junk = Files.writeString(folder.resolve("junk.safetensors"), "no tensors at all");
    Path other = folder.resolve("other.safetensors");
    new SafetensorsWriter()
        .tensor("x", List.of(1L, 1L, 1L), new float[1], DType.F32)
        .tensor("y", List.of(1L, 1L, 1L), new float[1], DType.F32)
        .write(other);
    String lora = BundledModel.loras().resolve("ink_lines.safetensors").toString();

    CommandRun run =
        CommandRun.of("info", "missing", junk.toString(), lora, other.toString(), lora);

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out().lines().filter(line -> line.equals("kind: lora"))).hasSize(2);
    assertThat(run.err().lines())
        .hasSize(3)
        .allMatch(line -> line.startsWith("sd: "))
        .element(2)
        .asString()
        .isEqualTo(
            "sd: '"
                + other
                + "' is a tensor file, but not a checkpoint, LoRA, embedding or other network that"
                + " this version supports");

    CommandRun json = CommandRun.of("info", "--json", "missing", lora);
    List<String> lines = json.out().lines().toList();
    assertThat(JSON.readTree(lines.get(0)).get("error").asText())
        .startsWith("'missing' does not exist");
    assertThat(JSON.readTree(lines.get(1)).get("kind").asText()).isEqualTo("lora");
    assertThat(json.exitCode()).isEqualTo(1);
  }

  @Test
  void info_checkpoint_estimatesTheTimeOfAnImage() throws IOException {
    JsonNode info = info(BundledModel.checkpoint());
    assertThat(info.get("estimatedSeconds").asDouble()).isPositive();
    assertThat(info.get("estimate").asText())
        .matches(
            "about \\d+(\\.\\d)? s for an image of 128x128 in 20 steps, in (bfloat16|float32) on 1"
                + " thread of this machine");
  }

  @Test
  void info_device_tellsWhatAutoChooses() throws IOException {
    CommandRun run = CommandRun.of("info", "--json", "--device");
    assertThat(run.err()).isEmpty();
    JsonNode info = JSON.readTree(run.out());
    assertThat(info.get("kind").asText()).isEqualTo("device");
    assertThat(info.get("device").asText()).isEqualTo("cpu");
    assertThat(info.get("auto").asText())
        .isEqualTo(info.get("reason").asText().contains(" has ") ? "bfloat16" : "float32");
    assertThat(info.get("threads").asInt()).isPositive();
    assertThat(info.get("engine").asText()).startsWith("libtorch 2.7.1").contains(" (cpu) ");
    assertThat(info.get("memoryBytes").asLong())
        .isGreaterThanOrEqualTo(info.get("availableBytes").asLong());

    String text = CommandRun.of("info", "--device", "cpu").out();
    assertThat(text)
        .contains("precision: " + info.get("auto").asText() + ", because ")
        .containsPattern("memory: \\d+\\.\\d GB, \\d+\\.\\d GB free")
        .doesNotContain("Bytes", "[", "kind");
  }

  @Test
  void info_neitherFileNorKnownDevice_isBadUsage() {
    CommandRun nothing = CommandRun.of("info");
    assertThat(nothing.exitCode()).isEqualTo(2);
    assertThat(nothing.err()).startsWith("sd: specify a file or --device\n");
    CommandRun unknown = CommandRun.of("info", "--device", "tpu");
    assertThat(unknown.exitCode()).isEqualTo(2);
    assertThat(unknown.err()).contains("'tpu'");
  }

  private static JsonNode info(Path file) throws IOException {
    CommandRun run = CommandRun.of("info", "--json", file.toString());
    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    return JSON.readTree(run.out());
  }
}
