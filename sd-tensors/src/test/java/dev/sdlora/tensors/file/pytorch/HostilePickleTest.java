package dev.sdlora.tensors.file.pytorch;

import static dev.sdlora.tensors.file.pytorch.TorchArchives.bytes;
import static dev.sdlora.tensors.file.pytorch.TorchArchives.pickle;
import static dev.sdlora.tensors.file.pytorch.TorchArchives.tensor;
import static dev.sdlora.tensors.file.pytorch.TorchArchives.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.RawFiles;
import dev.sdlora.tensors.file.TensorFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.ByteRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pickles that try to execute something, make false claims about their tensors, or never end. */
class HostilePickleTest {
  private static final long[] ONE = {1};

  @TempDir Path folder;

  private Path scratch = Path.of("");

  private Path archive(byte[] pickle) {
    return TorchArchives.write(folder.resolve("some.pt"), pickle, new byte[16]);
  }

  @ParameterizedTest
  @CsvSource({
    "os, system",
    "posix, system",
    "builtins, eval",
    "__builtin__, getattr",
    "subprocess, Popen",
    "torch, load",
    "torch.storage, _load_from_bytes",
    "torch, ComplexFloatStorage",
    "torch.FloatStorage, ''",
    "numpy.core.multiarray, _reconstruct"
  })
  void open_foreignFunction_isRefusedByName(String module, String name) {
    Path path = archive(pickle("c" + module + "\n" + name + "\n", text("true"), "\u0085R"));
    assertThatThrownBy(() -> TensorFile.open(path))
        .isInstanceOf(TensorFileException.class)
        .hasMessageContaining(path.toString())
        .hasMessageContaining("'" + module + "." + name + "'")
        .hasMessageContaining("nothing of it was executed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"i", "o", "P", "\u0082", "\u0092", "\u0097", "I", "S", "~"})
  void open_otherInstruction_isRefused(String code) {
    Path path = archive(pickle("}", code));
    assertThatThrownBy(() -> TensorFile.open(path))
        .isInstanceOf(TensorFileException.class)
        .hasMessageContaining("which torch.save never writes");
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("lies")
  void open_lie_saysWhichFileAndWhy(byte[] pickle, String reason) {
    Path path = archive(pickle);
    assertThatThrownBy(() -> TensorFile.open(path))
        .isInstanceOf(TensorFileException.class)
        .hasMessageContaining(path.toString())
        .hasMessageContaining(reason);
  }

  static Stream<Arguments> lies() {
    return Stream.concat(tensors(), structure());
  }

  private static Stream<Arguments> tensors() {
    return Stream.of(
        lie(tensor(0, new long[] {5}, ONE), "its storage has 4 elements"),
        lie(tensor(4, ONE, ONE), "starting at element 4"),
        lie(tensor(-1, ONE, ONE), "starting at element -1"),
        lie(tensor(0, new long[] {2}, new long[] {4}), "its storage has 4 elements"),
        lie(tensor(0, new long[] {2, 2}, new long[] {-1, 1}), "its storage has 4 elements"),
        lie(tensor(0, new long[] {1 << 20}, new long[] {0}), "its storage has 4 elements"),
        lie(tensor(0, new long[] {-1}, ONE), "negative size"),
        lie(tensor(0, new long[] {1L << 62, 4}, new long[] {1, 1}), "overflows"),
        lie(tensor(0, new long[] {2}, new long[] {Long.MAX_VALUE}), "its storage has 4 elements"),
        lie(tensor(0, new long[65], new long[65]), "in an unknown way"));
  }

  private static Arguments lie(byte[] tensor, String reason) {
    return arguments(pickle("}", text("a"), tensor, "s"), reason);
  }

  private static Stream<Arguments> structure() {
    String nested = "(".repeat(40) + "]" + "l".repeat(40);
    String doubled = "]q\0" + "]q\1(h\0h\0eq\0".repeat(40);
    return Stream.of(
        arguments(pickle("}"), "without tensors"),
        arguments(pickle(nested), "nested too deeply"),
        arguments(pickle("]q\0h\0a"), "nested too deeply"),
        arguments(pickle(doubled), "nested too deeply"),
        arguments(pickle("]".repeat(2_000_001)), "2000000 instructions"),
        arguments(pickle("X\u00ff\u00ff\u00ff\u007fa"), "ends too early"),
        arguments(pickle("X\u00ff\u00ff\u00ff\u00ffa"), "ends too early"),
        arguments(pickle("\u008b\u00ff\u00ff\u00ff\u007f"), "integer of 2147483647 bytes"),
        arguments(pickle("h\7"), "a reference to value 7"),
        arguments(pickle(""), "no value where one is expected"),
        arguments(pickle("t"), "the end of a list without its beginning"),
        arguments(pickle("}(]Nu"), "whose keys are not names"),
        arguments(pickle("}(Nu"), "a key without a value"),
        arguments(pickle("NNa"), "added to a value that is not a list"),
        arguments(pickle("N(NNu"), "an entry added to a value that is not a dictionary"),
        arguments(pickle("NQ"), "not a storage"),
        arguments(pickle("N)R"), "in an unknown way"),
        arguments(bytes("\u0080\u0009N."), "protocol 9"));
  }

  @Property(tries = 2000)
  void open_anyDamage_isRefusedOrRead(
      @ForAll @IntRange(max = 1918) int at, @ForAll @ByteRange(min = -128) byte value)
      throws IOException {
    for (String name : new String[] {"saved.pt", "saved-legacy.bin", "checkpoint.ckpt"}) {
      byte[] content = Files.readAllBytes(TorchFilesTest.resource(name));
      content[at % content.length] = value;
      openAndRead(content);
    }
  }

  @Property(tries = 200)
  void open_anyPiece_isRefusedOrRead(@ForAll @IntRange(max = 1918) int length) throws IOException {
    for (String name : new String[] {"saved.pt", "saved-legacy.bin", "checkpoint.ckpt"}) {
      byte[] content = Files.readAllBytes(TorchFilesTest.resource(name));
      openAndRead(java.util.Arrays.copyOf(content, length % content.length));
    }
  }

  private void openAndRead(byte[] content) throws IOException {
    Files.write(scratch, content);
    try {
      TensorFile file = TensorFile.open(scratch);
      try (TensorFile.Reader reader = file.reader()) {
        for (TensorEntry entry : file.tensors().values()) {
          assertThat(reader.floats(entry)).hasSize((int) entry.elements());
        }
      }
    } catch (TensorFileException e) {
      assertThat(e).hasMessageContaining(scratch.toString());
    }
  }

  @BeforeProperty
  void makeScratch() throws IOException {
    scratch = RawFiles.temporary();
  }

  @AfterProperty
  void deleteScratch() throws IOException {
    Files.delete(scratch);
  }
}
