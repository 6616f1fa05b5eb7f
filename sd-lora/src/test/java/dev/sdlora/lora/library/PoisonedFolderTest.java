package dev.sdlora.lora.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.lora.TriggerWord;
import dev.sdlora.api.value.CurrentWork;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.number.DType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A bad file in a folder or next to a good file costs little time and hides nothing. */
class PoisonedFolderTest {
  private static final Duration FAR_TOO_LONG = Duration.ofMinutes(10);

  @TempDir private Path folder;
  private LoraFiles files = new LoraFiles();
  private LoraCards cards = new LoraCards(files);

  @BeforeEach
  void writeAGoodFile() {
    TinyLoras.write(folder.resolve("good.safetensors"), Map.of());
    files = new LoraFiles();
    cards = new LoraCards(files);
  }

  private FolderLibrary library() {
    return FolderLibrary.open(files, cards, List.of(folder));
  }

  private void assertOnlyGoodWorks(Path bad) {
    assertTimeoutPreemptively(
        FAR_TOO_LONG,
        () -> {
          FolderLibrary library = library();
          assertThat(library.list()).extracting(LoraAdapter::name).containsExactly("good");
          assertThat(library.unreadable()).containsOnlyKeys(bad);
          assertThat(library.unreadable().get(bad)).contains(bad.toString()).hasSizeLessThan(5000);
          assertThat(library.find("good").name()).isEqualTo("good");
        });
  }

  private Path header(String name, String json) throws IOException {
    byte[] text = json.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes =
        ByteBuffer.allocate(8 + text.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(text.length)
            .put(text);
    return Files.write(folder.resolve(name), bytes.array());
  }

  @Test
  void list_fileWithOneEndlessName_isNamed() throws IOException {
    assertOnlyGoodWorks(header("bad.safetensors", "{\"" + "n".repeat(20_000_000) + "\":{}}"));
  }

  /** A tensor with more rows than an array can have, in a sparse file. */
  @Test
  void list_rankBeyondAllArrays_isNamed() throws IOException {
    long rows = 1L << 32;
    String down =
        "\"x.lora_down.weight\":{\"dtype\":\"F16\",\"shape\":[%s,1],\"data_offsets\":[0,%s]}";
    String up =
        "\"x.lora_up.weight\":{\"dtype\":\"F16\",\"shape\":[1,%s],\"data_offsets\":[%s,%s]}";
    String both = down.formatted(rows, 2 * rows) + "," + up.formatted(rows, 2 * rows, 4 * rows);
    Path bad = header("bad.safetensors", "{" + both + "}");
    try (FileChannel channel = FileChannel.open(bad, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(1), channel.size() + 4 * rows - 1);
    }
    assertOnlyGoodWorks(bad);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"[null]", "[\"Module\"]", "{\"a\":\"CLIPMLP\"}", "3", "[[[[", "\"CLIPMLP\""})
  void list_classesThatAreNone_isNamed(String classes) {
    Path bad = folder.resolve("bad.safetensors");
    numbered(bad, classes);
    assertOnlyGoodWorks(bad);
  }

  private static void numbered(Path path, String classes) {
    SafetensorsWriter writer = new SafetensorsWriter().metadata("unet", classes);
    for (int i = 0; i < 500; i++) {
      writer.tensor("unet:" + i + ":up", List.of(2L, 1L), new float[2], DType.F16);
      writer.tensor("unet:" + i + ":down", List.of(1L, 2L), new float[2], DType.F16);
    }
    writer.write(path);
  }

  @Test
  void list_sameClassAgainAndAgain_takesNoQuadraticTime() {
    Path path = folder.resolve("numbered.safetensors");
    numbered(path, "[\"GEGLU\"" + ",\"GEGLU\"".repeat(100_000) + "]");
    assertTimeoutPreemptively(FAR_TOO_LONG, () -> assertThat(library().list()).hasSize(2));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4})
  void list_settingsOfMillionsOfValues_makeTheFileUnusable(int megabytes) throws IOException {
    Files.delete(folder.resolve("good.safetensors"));
    Path inner = Files.createDirectories(folder.resolve("peft"));
    Path bad = inner.resolve("bad.safetensors");
    new SafetensorsWriter()
        .tensor("base_model.model.x.lora_A.weight", List.of(1L, 2L), new float[2], DType.F16)
        .tensor("base_model.model.x.lora_B.weight", List.of(2L, 1L), new float[2], DType.F16)
        .write(bad);
    String values = "{},".repeat(megabytes << 20 >> 1) + "{}";
    Files.writeString(inner.resolve("adapter_config.json"), "{\"lora_alpha\":[" + values + "]}");
    TinyLoras.write(folder.resolve("good.safetensors"), Map.of());
    assertOnlyGoodWorks(bad);
  }

  @Test
  void open_patternsForManyLayers_takeNoQuadraticTime() throws IOException {
    Path path = folder.resolve("bad.safetensors");
    SafetensorsWriter writer = new SafetensorsWriter();
    for (int i = 0; i < 1000; i++) {
      String key = "base_model.model.unet.x" + i + ".y";
      writer.tensor(key + ".lora_A.weight", List.of(1L, 2L), new float[2], DType.F16);
      writer.tensor(key + ".lora_B.weight", List.of(2L, 1L), new float[2], DType.F16);
    }
    writer.write(path);
    String patterns =
        IntStream.range(0, 50_000)
            .mapToObj(i -> "\"x" + (i + 990) + ".y\":" + (i + 2))
            .collect(Collectors.joining(","));
    Files.writeString(
        folder.resolve("adapter_config.json"),
        "{\"lora_alpha\":1,\"alpha_pattern\":{" + patterns + "}}");
    assertTimeoutPreemptively(
        FAR_TOO_LONG,
        () -> {
          LoraFile file = LoraFile.open(path);
          assertThat(file.modules().get(0).configuredScale()).hasValue(1.0);
          assertThat(file.modules().get(999).configuredScale()).hasValue(11.0);
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"1e999", "-1e999"})
  void open_alphaBeyondAllNumbers_isRefused(String alpha) throws IOException {
    Path path = folder.resolve("bad.safetensors");
    new SafetensorsWriter()
        .tensor("base_model.model.x.lora_A.weight", List.of(1L, 2L), new float[2], DType.F16)
        .tensor("base_model.model.x.lora_B.weight", List.of(2L, 1L), new float[2], DType.F16)
        .write(path);
    Files.writeString(folder.resolve("adapter_config.json"), "{\"lora_alpha\":" + alpha + "}");
    assertThatThrownBy(() -> LoraFile.open(path))
        .isInstanceOf(LoraException.class)
        .hasMessageContaining("expected a number");
  }

  @ParameterizedTest
  @ValueSource(strings = {"good.json", "good.civitai.info"})
  void triggerWords_notesOfMillionsOfValues_countAsMissing(String name) throws IOException {
    String values = "{},".repeat(2 << 20) + "{}";
    Files.writeString(folder.resolve(name), "{\"activation text\":\"ink\",\"x\":[" + values + "]}");
    assertTimeoutPreemptively(
        FAR_TOO_LONG, () -> assertThat(cards.triggerWords(library().find("good"))).isEmpty());
  }

  @Test
  void triggerWords_notesNestedWithoutEnd_countAsMissing() throws IOException {
    Files.writeString(folder.resolve("good.json"), "[".repeat(10_000_000));
    assertTimeoutPreemptively(
        FAR_TOO_LONG, () -> assertThat(cards.triggerWords(library().find("good"))).isEmpty());
  }

  /** Runs only on systems with this device. */
  @Test
  void triggerWords_notesFromADeviceWithoutEnd_countAsMissing() throws IOException {
    Path endless = Path.of("/dev/zero");
    Files.createSymbolicLink(folder.resolve("good.json"), endless);
    Files.createSymbolicLink(folder.resolve("good.civitai.info"), endless);
    assertTimeoutPreemptively(
        FAR_TOO_LONG, () -> assertThat(cards.triggerWords(library().find("good"))).isEmpty());
  }

  @Test
  void triggerWords_millionsOfTags_areNotCounted() {
    String tags =
        IntStream.range(0, 250_000)
            .mapToObj(i -> "\"" + i + "\":1")
            .collect(Collectors.joining(",", "{\"a\":{", "}}"));
    TinyLoras.write(folder.resolve("tags.safetensors"), Map.of("ss_tag_frequency", tags));
    assertTimeoutPreemptively(
        FAR_TOO_LONG, () -> assertThat(cards.triggerWords(library().find("tags"))).isEmpty());
  }

  @Test
  void triggerWords_hugeCountsOfOneTag_doNotOverflow() {
    String counts = "{\"a\":{\"ink\":2147483647},\"b\":{\"ink\":2147483647},\"c\":{\"pen\":1}}";
    TinyLoras.write(folder.resolve("tags.safetensors"), Map.of("ss_tag_frequency", counts));
    assertThat(cards.triggerWords(library().find("tags")))
        .extracting(TriggerWord::text)
        .containsExactly("ink", "pen");
  }

  @Test
  void list_requestCancelled_remembersNothingOfIt() {
    FolderLibrary library = library();
    assertThatThrownBy(() -> CurrentWork.until(() -> true, library::list))
        .hasMessageContaining("cancelled");
    assertThat(library.list()).hasSize(1);
    assertThat(library.unreadable()).isEmpty();
  }
}
