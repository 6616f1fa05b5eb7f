package dev.sdlora.tensors.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.number.DType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

final class SafetensorsRoundTripTest {
  record Sample(DType dtype, List<Long> shape, ByteBuffer bytes) {}

  @Property(tries = 300)
  void writeThenRead_anyTensorsAndMetadata_areTheSame(
      @ForAll("tensors") Map<String, Sample> tensors,
      @ForAll("metadata") Map<String, String> metadata)
      throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter();
    metadata.forEach(writer::metadata);
    tensors.forEach(
        (name, sample) ->
            writer.tensor(
                name,
                sample.dtype(),
                sample.shape(),
                channel -> channel.write(sample.bytes().duplicate())));
    Path path = RawFiles.temporary();
    try {
      writer.write(path);

      TensorFile file = TensorFile.open(path);
      assertThat(file.metadata()).isEqualTo(metadata);
      assertThat(file.tensors()).hasSameSizeAs(tensors);
      assertThat(file.dataStart() % 8).isZero();
      try (TensorFile.Reader reader = file.reader()) {
        tensors.forEach(
            (name, sample) -> {
              TensorEntry entry = file.find(name).orElseThrow();
              assertThat(entry.dtype()).isEqualTo(sample.dtype());
              assertThat(entry.shape()).isEqualTo(sample.shape());
              assertThat(entry.offset() % entry.dtype().bytes()).isZero();
              assertThat(reader.bytes(entry)).isEqualTo(sample.bytes());
              assertThat(reader.floats(entry)).hasSize((int) entry.elements());
            });
      }
    } finally {
      Files.delete(path);
    }
  }

  @Provide
  Arbitrary<Map<String, Sample>> tensors() {
    return Arbitraries.maps(text().filter(name -> !name.equals(HeaderParser.METADATA)), samples())
        .ofMaxSize(6);
  }

  @Provide
  Arbitrary<Map<String, String>> metadata() {
    return Arbitraries.maps(text(), text()).ofMaxSize(5);
  }

  private static Arbitrary<Sample> samples() {
    Arbitrary<List<Long>> shapes = Arbitraries.longs().between(0, 4).list().ofMaxSize(4);
    return Combinators.combine(Arbitraries.of(DType.class), shapes, Arbitraries.longs())
        .as(
            (dtype, shape, seed) -> {
              byte[] bytes = new byte[(int) TensorEntry.byteLength(shape, dtype)];
              new Random(seed).nextBytes(bytes);
              return new Sample(dtype, shape, ByteBuffer.wrap(bytes));
            });
  }

  /**
   * Any text that UTF-8 can encode: all code points except surrogates, including control
   * characters.
   */
  private static Arbitrary<String> text() {
    Arbitrary<Integer> codePoints =
        Arbitraries.frequencyOf(
            Tuple.of(3, Arbitraries.integers().between(0, 0x7f)),
            Tuple.of(1, Arbitraries.integers().between(0x80, 0xd7ff)),
            Tuple.of(1, Arbitraries.integers().between(0xe000, 0x10ffff)));
    return codePoints
        .list()
        .ofMaxSize(12)
        .map(
            list -> {
              StringBuilder text = new StringBuilder();
              list.forEach(text::appendCodePoint);
              return text.toString();
            });
  }
}
