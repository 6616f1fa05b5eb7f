package dev.sdlora.tensors.file;

import static dev.sdlora.tensors.file.pytorch.TorchArchives.bytes;
import static dev.sdlora.tensors.file.pytorch.TorchArchives.integer;
import static dev.sdlora.tensors.file.pytorch.TorchArchives.pickle;
import static dev.sdlora.tensors.file.pytorch.TorchArchives.tensor;
import static dev.sdlora.tensors.file.pytorch.TorchArchives.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.api.value.CurrentWork;
import dev.sdlora.tensors.entry.TensorContents;
import dev.sdlora.tensors.file.gguf.RawGguf;
import dev.sdlora.tensors.file.pytorch.TorchArchives;
import java.io.ByteArrayOutputStream;
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
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Small files that would use excessive resources, and large ones with false claims. */
@Tag("slow")
class ExhaustingFilesTest {
  private static final Duration FAR_TOO_LONG = Duration.ofMinutes(10);

  @TempDir private Path folder;

  private void refuses(Path path, String... parts) {
    assertTimeoutPreemptively(
        FAR_TOO_LONG,
        () ->
            assertThatThrownBy(() -> TensorFile.open(path))
                .isInstanceOf(TensorFileException.class)
                .hasMessageContaining(path.toString())
                .hasMessageContainingAll(parts)
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(5000)));
  }

  private Path archive(byte[] pickle) {
    return TorchArchives.write(folder.resolve("some.pt"), pickle, new byte[16]);
  }

  private Path header(String json) throws IOException {
    return Files.write(folder.resolve("some.safetensors"), RawFiles.safetensors(json, 0));
  }

  private static byte[] joined(byte[]... pieces) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] piece : pieces) {
      all.writeBytes(piece);
    }
    return all.toByteArray();
  }

  /** Nested dictionaries; each contains the next one ten times. */
  @Test
  void open_namesThatMultiply_areRefused() {
    ByteArrayOutputStream levels = new ByteArrayOutputStream();
    levels.writeBytes(joined(bytes("}q\0"), text("t"), tensor(0, new long[] {1}, new long[] {1})));
    levels.writeBytes(bytes("s"));
    for (int level = 1; level < 10; level++) {
      levels.writeBytes(bytes("}q" + (char) level));
      for (int i = 0; i < 10; i++) {
        levels.writeBytes(text(i + "n".repeat(1000)));
        levels.writeBytes(bytes("h" + (char) (level - 1) + "s"));
      }
    }
    refuses(archive(pickle(levels.toByteArray())), "characters");
  }

  @Test
  void open_nameTooLong_isRefused() {
    byte[] tensor = tensor(0, new long[] {1}, new long[] {1});
    refuses(archive(pickle("}", text("n".repeat(5000)), tensor, "s")), "5000 characters");
    byte[] inner = joined(bytes("}"), text("n".repeat(4000)), tensor, bytes("s"));
    refuses(archive(pickle("}", text("m".repeat(4000)), inner, "s")), "8001 characters");
  }

  /**
   * References to storages are not comparable, so Java could not find them quickly among equal
   * hashes.
   */
  @Test
  void open_keysThatAreNoNames_areRefused() {
    byte[] storage =
        joined(
            bytes("("), text("storage"), bytes("ctorch\nFloatStorage\n"), text("0"), text("cpu"));
    refuses(archive(pickle("}", storage, integer(4), "tQNs")), "keys are not names");
  }

  @Test
  void open_keysOfOneHash_takesNoQuadraticTime() {
    // Texts and both types of numbers, all with the hash 0 of Java's own types.
    ByteArrayOutputStream keys = new ByteArrayOutputStream();
    for (int i = 0; i < 1 << 14; i++) {
      StringBuilder text = new StringBuilder();
      for (int bit = 0; bit < 16; bit++) {
        text.append((i >> bit & 1) == 0 ? "Aa" : "BB");
      }
      keys.writeBytes(joined(text(text.toString()), bytes("Ns")));
      long number = (long) i << 32 | i;
      keys.writeBytes(joined(integer(number), bytes("Ns")));
      keys.writeBytes(
          ByteBuffer.allocate(11).put((byte) 'G').putLong(number).put(bytes("Ns")).array());
    }
    byte[] last = joined(text("a"), tensor(0, new long[] {1}, new long[] {1}), bytes("s"));
    Path path = archive(pickle("}", keys.toByteArray(), last));
    assertTimeoutPreemptively(
        FAR_TOO_LONG,
        () -> assertThat(TensorFile.open(path).tensors().keySet()).containsExactly("a"));
  }

  @Test
  void open_attributesGivenAgainAndAgain_countAsWork() {
    byte[] names =
        bytes(
            IntStream.range(0, 50_000)
                .mapToObj(i -> "M" + (char) (i & 0xff) + (char) (i >> 8) + "N")
                .collect(Collectors.joining()));
    refuses(
        archive(
            pickle(
                "}",
                text("_parameters"),
                "}(",
                names,
                "usq\0",
                "ctorch.nn.modules.container\nParameterDict\n)R",
                "h\0b".repeat(400_000))),
        "2000000 instructions");
  }

  @Test
  void open_tensorsOfManyDimensions_countAsWork() {
    byte[] tensor = tensor(0, new long[64], new long[64]);
    // The last instruction builds the tensor; here its function and arguments are recalled instead.
    byte[] arguments = java.util.Arrays.copyOf(tensor, tensor.length - 1);
    refuses(
        archive(pickle(arguments, "q\0", "0q\1", "]" + "h\1h\0R".repeat(300_000))),
        "2000000 instructions");
  }

  @Test
  void open_archiveOfManyTensors_isRefused() {
    byte[] tensor = tensor(0, new long[] {1}, new long[] {1});
    refuses(archive(pickle(tensor, "q\0](", bytes("h\0".repeat(40_001)), "e")), "40000 tensors");
  }

  @Test
  void open_headerWithOneEndlessName_isRefusedBriefly() throws IOException {
    String name = "n".repeat(10_000_000);
    String entry = ":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}";
    refuses(header("{\"" + name + "\"" + entry + "}"), "Name length");
    refuses(header("{\"a\":{\"dtype\":\"" + name + "\"}}"), "more characters");
    refuses(header("{\"a\":{\"" + name + "\":0}}"), "Name length");
    refuses(header("{\"a\":" + "[".repeat(10_000_000)), "START_ARRAY");
    refuses(header("{\"a\":{\"b\":" + "[".repeat(10_000_000)), "depth");
  }

  @Test
  void open_headerOfManyTensors_isRefused() throws IOException {
    String entry = "\"%s\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}";
    String entries =
        IntStream.rangeClosed(0, TensorContents.MAX_TENSORS)
            .mapToObj(entry::formatted)
            .collect(Collectors.joining(","));
    refuses(header("{" + entries + "}"), "more than 40000 tensors");
    String shape = "0,".repeat(5_000_000) + "0";
    refuses(
        header(
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[%s],\"data_offsets\":[0,0]}}".formatted(shape)),
        "shape with more than 64 numbers");
  }

  @Test
  void open_headerOfManyPairs_isRefused() throws IOException {
    String pairs =
        IntStream.rangeClosed(0, 100_000)
            .mapToObj("\"%s\":\"\""::formatted)
            .collect(Collectors.joining(","));
    refuses(header("{\"__metadata__\":{" + pairs + "}}"), "100000 pairs");
  }

  @Test
  void open_tensorNamesOfOneHash_takesNoQuadraticTime() throws IOException {
    String entries =
        IntStream.range(0, 1 << 15)
            .mapToObj(
                i ->
                    IntStream.range(0, 15)
                            .mapToObj(bit -> (i >> bit & 1) == 0 ? "Aa" : "BB")
                            .collect(Collectors.joining("", "\"", "\""))
                        + ":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}")
            .collect(Collectors.joining(","));
    Path path = header("{" + entries + "}");
    assertTimeoutPreemptively(
        FAR_TOO_LONG, () -> assertThat(TensorFile.open(path).tensors()).hasSize(1 << 15));
  }

  /** Statistics of a training set can fill the longest header allowed. */
  @Test
  void open_longestHeader_fitsIntoASmallHeap() throws Exception {
    Path metadata = longest("{\"__metadata__\":{\"a\":\"", "\u00e9", "\"}}");
    assertThat(openedInASmallHeap(metadata)).isEqualTo("0 tensors, 1 pairs");
    Path tensors = header("{" + entriesOfTheLongestHeader() + "}");
    assertThat(openedInASmallHeap(tensors)).isEqualTo("40000 tensors, 0 pairs");
  }

  @Test
  void open_headerOfNinetyMegabytes_isRefused() throws IOException {
    refuses(
        Files.write(folder.resolve("some.safetensors"), RawFiles.prefixed(90_000_000, "{}")),
        "declares a header of 90000000 bytes, more than the 16777216 allowed");
  }

  private Path longest(String start, String letter, String end) throws IOException {
    int letters =
        (HeaderParser.MAX_BYTES - start.length() - end.length())
            / letter.getBytes(StandardCharsets.UTF_8).length;
    return header(start + letter.repeat(letters) + end);
  }

  /** The maximum number of tensors, with names that fill the header. */
  private static String entriesOfTheLongestHeader() {
    String entry = "\"%s\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}";
    int letters = HeaderParser.MAX_BYTES / TensorContents.MAX_TENSORS - entry.length() - 8;
    return IntStream.range(0, TensorContents.MAX_TENSORS)
        .mapToObj(i -> entry.formatted("n".repeat(letters) + i))
        .collect(Collectors.joining(","));
  }

  private static String openedInASmallHeap(Path file) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                OpenTensorFile.class.getName(),
                file.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return output.strip().lines().reduce((first, last) -> last).orElse("");
  }

  @Test
  void open_archiveWhoseFilesShareBytes_isRefused() throws IOException {
    Path path = archive(pickle("}", text("a"), tensor(0, new long[] {1}, new long[] {1}), "s"));
    byte[] content = Files.readAllBytes(path);
    int list = indexOf(content, "PK\1\2", 0);
    int second = indexOf(content, "PK\1\2", list + 1);
    // Replaces the offset of the storage in the list with that of the pickle.
    System.arraycopy(content, list + 42, content, second + 42, 4);
    Files.write(path, content);
    refuses(path, "overlaps the data after it");
  }

  private static int indexOf(byte[] content, String mark, int from) {
    return new String(content, StandardCharsets.ISO_8859_1).indexOf(mark, from);
  }

  @Test
  void open_archiveThatPromisesTooMuch_isRefusedBeforeItIsUnpacked() throws IOException {
    Path path = folder.resolve("packed.pt");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(path))) {
      zip.putNextEntry(new ZipEntry("archive/data.pkl"));
      zip.write(pickle("}"));
      zip.closeEntry();
    }
    byte[] content = Files.readAllBytes(path);
    ByteBuffer.wrap(content)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(indexOf(content, "PK\1\2", 0) + 24, 1 << 25);
    Files.write(path, content);
    refuses(path, "cannot have 33554432 bytes");
  }

  @Test
  void read_tensorOfFewElementsFarApart_readsThoseOnly() throws IOException {
    Path path = wide(1L << 20, tensor(0, new long[] {2, 3}, new long[] {300_000, 7}));
    TensorFile file = TensorFile.open(path);
    try (TensorFile.Reader reader = file.reader()) {
      assertThat(reader.floats(file.find("a").orElseThrow()))
          .containsExactly(0, 7, 14, 300_000, 300_007, 300_014);
    }
  }

  /** Each part of it once required reading all of it again. */
  @Test
  void read_largeTurnedMatrix_takesNoQuadraticTime() throws IOException {
    int side = 1 << 11;
    long elements = (long) side * side;
    Path path = wide(elements, tensor(0, new long[] {side, side}, new long[] {1, side}));
    TensorFile file = TensorFile.open(path);
    try (TensorFile.Reader reader = file.reader()) {
      float[] read = reader.floats(file.find("a").orElseThrow());
      assertThat(read[1]).isEqualTo(side);
      assertThat(read[side + 2]).isEqualTo(2 * side + 1);
      assertThat(read[read.length - 1]).isEqualTo((float) (elements - 1));
    }
  }

  /** An archive with a storage of the numbers 0, 1, 2 and so on. */
  private Path wide(long elements, byte[] tensor) {
    ByteBuffer storage = ByteBuffer.allocate((int) elements * 4).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < elements; i++) {
      storage.putFloat(i);
    }
    byte[] some = integer(4);
    byte[] all = integer(elements);
    String pickle = new String(pickle("}", text("a"), tensor, "s"), StandardCharsets.ISO_8859_1);
    String changed =
        pickle.replace(
            new String(some, StandardCharsets.ISO_8859_1) + "tQ",
            new String(all, StandardCharsets.ISO_8859_1) + "tQ");
    return TorchArchives.write(folder.resolve("wide.pt"), bytes(changed), storage.array());
  }

  @Test
  void open_requestCancelled_ends() throws IOException {
    Path path = header("{}");
    assertThatThrownBy(() -> CurrentWork.until(() -> true, () -> TensorFile.open(path)))
        .isInstanceOf(GenerationCancelledException.class);
    assertThat(CurrentWork.until(() -> false, () -> TensorFile.open(path)).tensors()).isEmpty();
    assertThat(TensorFile.open(path).tensors()).isEmpty();
  }

  @Test
  void open_requestCancelledUnderWay_ends() throws IOException {
    String entry = "\"%s\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}";
    String entries =
        IntStream.range(0, 1000).mapToObj(entry::formatted).collect(Collectors.joining(","));
    Path path = header("{" + entries + "}");
    int[] asked = {0};
    assertThatThrownBy(() -> CurrentWork.until(() -> ++asked[0] > 100, () -> TensorFile.open(path)))
        .isInstanceOf(GenerationCancelledException.class);
    assertThat(asked[0]).isEqualTo(101);
  }

  @Test
  void open_threadInterrupted_endsAndStaysInterrupted() throws IOException {
    Path path = header("{}");
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> TensorFile.open(path))
        .isInstanceOf(GenerationCancelledException.class);
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void during_insideAnother_asksTheInnerOneAndGivesBackTheOuter() {
    List<Boolean> cancelled =
        CurrentWork.until(
            () -> true,
            () ->
                List.of(
                    CurrentWork.until(() -> false, () -> CurrentWork.cancelled().getAsBoolean()),
                    CurrentWork.cancelled().getAsBoolean()));
    assertThat(cancelled).containsExactly(false, true);
    assertThat(CurrentWork.cancelled().getAsBoolean()).isFalse();
  }

  @Test
  void open_ggufAtItsLimits_takesLittleMemory() throws IOException {
    RawGguf file = new RawGguf();
    for (int i = 0; i < 5000; i++) {
      file.pair("k".repeat(900) + i, "v".repeat(4000));
    }
    for (int i = 0; i < TensorContents.MAX_TENSORS; i++) {
      file.info("n".repeat(150) + i, RawGguf.Q4_K, List.of(0L, 256L), 0);
    }
    Path path = Files.write(folder.resolve("some.gguf"), file.bytes());
    assertTimeoutPreemptively(
        FAR_TOO_LONG,
        () -> assertThat(TensorFile.open(path).tensors()).hasSize(TensorContents.MAX_TENSORS));
  }

  @Test
  void open_ggufHeaderTooLong_isRefused() throws IOException {
    Path path = folder.resolve("some.gguf");
    byte[] start = new RawGguf().pair("k", 8, RawGguf.int64(64 << 20)).bytes();
    Files.write(path, start);
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(1), 100 << 20);
    }
    refuses(path, "has a header of more than 67108864 bytes, in metadata 'k'");
  }
}
