package dev.sdlora.families.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.tensorkit.TorchWriter;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.weights.Origin;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests of diffusers folders whose weights are in unusual files. */
final class DiffusersVariantsTest {
  private static final String UNET = "unet/diffusion_pytorch_model";

  @TempDir Path folder;

  private static Path original() {
    try {
      return Path.of(
          Objects.requireNonNull(
                  DiffusersVariantsTest.class.getResource("/dev/sdlora/families/diffusers"))
              .toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  @BeforeEach
  void copyFolder() throws IOException {
    try (Stream<Path> paths = Files.walk(original())) {
      for (Path path : paths.filter(Files::isRegularFile).toList()) {
        Path copy = folder.resolve(original().relativize(path).toString());
        Files.createDirectories(Objects.requireNonNull(copy.getParent()));
        Files.copy(path, copy);
      }
    }
  }

  private static Map<String, List<Float>> values(Map<String, Origin> weights) {
    Map<String, List<Float>> values = new TreeMap<>();
    weights.forEach(
        (name, origin) -> {
          try (TensorFile.Reader reader = origin.file().reader()) {
            float[] all = reader.floats(origin.entry());
            values.put(name, List.of((float) all.length, all[0], all[all.length - 1]));
          }
        });
    return values;
  }

  /** Splits the weights of a network into two files. */
  private void cut(String stem, String ending) throws IOException {
    Path whole = folder.resolve(stem + ".safetensors");
    TensorFile file = TensorFile.open(whole);
    StringBuilder map = new StringBuilder();
    try (TensorFile.Reader reader = file.reader()) {
      for (int half = 0; half < 2; half++) {
        SafetensorsWriter writer = new SafetensorsWriter();
        String name = "part-%s-of-2%s".formatted(half + 1, ending);
        int number = 0;
        for (TensorEntry entry : file.tensors().values()) {
          if (number++ % 2 == half) {
            writer.tensor(
                entry.name(),
                entry.dtype(),
                entry.shape(),
                channel -> channel.write(reader.bytes(entry)));
            map.append(map.isEmpty() ? "" : ", ")
                .append("\"%s\": \"%s\"".formatted(entry.name(), name));
          }
        }
        Path shard = folder.resolve(stem).resolveSibling(name);
        if (ending.equals(".bin")) {
          writer.write(folder.resolve("plain.safetensors"));
          TorchWriter.write(TensorFile.open(folder.resolve("plain.safetensors")), shard);
        } else {
          writer.write(shard);
        }
      }
    }
    Files.writeString(
        folder.resolve(stem + ending + ".index.json"),
        "{\"metadata\": {\"total_size\": 1}, \"weight_map\": {" + map + "}}");
    Files.delete(whole);
  }

  @Test
  void read_shardsAndPickles_giveTheSameWeights() throws IOException {
    UNetFiles wanted = CheckpointReader.read(original());
    cut(UNET, ".safetensors");
    cut("vae/diffusion_pytorch_model", ".bin");
    Path text = folder.resolve("text_encoder/model.safetensors");
    TorchWriter.write(TensorFile.open(text), folder.resolve("text_encoder/pytorch_model.bin"));
    Files.delete(text);

    UNetFiles files = CheckpointReader.read(folder);
    assertThat(files.unet().config()).isEqualTo(wanted.unet().config());
    assertThat(values(files.unet().weights())).isEqualTo(values(wanted.unet().weights()));
    assertThat(values(files.vae().weights())).isEqualTo(values(wanted.vae().weights()));
    assertThat(values(files.textEncoders().get(0).weights()))
        .isEqualTo(values(wanted.textEncoders().get(0).weights()));
    assertThat(files.checkpoint().parameterCount()).isEqualTo(wanted.checkpoint().parameterCount());
  }

  @Test
  void read_variant_isTaken() throws IOException {
    Path half = folder.resolve(UNET + ".fp16.safetensors");
    Files.copy(folder.resolve(UNET + ".safetensors"), half);
    assertThat(unetFile(CheckpointParts.DEFAULT)).isNotEqualTo(half);
    assertThat(unetFile(CheckpointParts.builder().variant("fp16").build())).isEqualTo(half);
    Files.delete(folder.resolve(UNET + ".safetensors"));
    assertThat(unetFile(CheckpointParts.DEFAULT)).isEqualTo(half);
    assertThatThrownBy(() -> unetFile(CheckpointParts.builder().variant("bf16").build()))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("has no weights of variant 'bf16', expected files such as '")
        .hasMessageContaining("diffusion_pytorch_model.bf16.safetensors'");
  }

  private Path unetFile(CheckpointParts parts) {
    return CheckpointReader.read(folder, parts)
        .unet()
        .weights()
        .values()
        .iterator()
        .next()
        .file()
        .path();
  }

  /** Settings with unsupported values, which would change images if they were ignored. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "unet | attention_head_dim | -1 | integers from 1 to 1024",
        "unet | attention_head_dim | 4294967304 | integers from 1 to 1024",
        "unet | attention_head_dim | [8, 8.5] | integers from 1 to 1024",
        "unet | attention_head_dim | 1e400 | integers from 1 to 1024",
        "unet | sample_size | 2147483648 | integers from 1 to 1024",
        "text_encoder | num_attention_heads | \"4\" | integers from 1 to 1024",
        "text_encoder | hidden_act | 5 | quick_gelu or gelu",
        "vae | scaling_factor | \"0.2\" | a number such as 0.18215",
        "vae | latents_mean | [1, \"2\", 3, 4] | a list of numbers",
        "vae | latents_std | 1 | a list of numbers"
      })
  void read_settingOfAnotherKind_isRefused(
      String network, String key, String value, String expected) throws IOException {
    Path file = folder.resolve(network).resolve("config.json");
    Files.writeString(file, "{\"%s\": %s}".formatted(key, value));
    assertThatThrownBy(() -> CheckpointReader.read(folder))
        .isInstanceOf(CheckpointException.class)
        .hasMessageStartingWith(
            "checkpoint '%s': '%s' has %s ".formatted(folder, folder.relativize(file), key))
        .hasMessageEndingWith("expected " + expected);
  }

  @Test
  void read_headsOfOtherLevels_areRefused() throws IOException {
    Path file = folder.resolve("unet").resolve("config.json");
    Files.writeString(file, "{\"attention_head_dim\": [8, 8], \"block_out_channels\": [32]}");
    assertThatThrownBy(() -> CheckpointReader.read(folder))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("has attention_head_dim [8,8] for block_out_channels [32], but the");
  }
}
