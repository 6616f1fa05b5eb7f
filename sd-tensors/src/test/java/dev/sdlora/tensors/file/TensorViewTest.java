package dev.sdlora.tensors.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.number.DType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests of views that begin in the middle of a tensor. */
final class TensorViewTest {
  private static final int ROWS = 6;
  private static final int COLUMNS = 5;

  @TempDir Path folder;
  private final float[] stored = new float[ROWS * COLUMNS];
  private final float[] swapped = new float[ROWS * COLUMNS];

  @BeforeEach
  void fill() {
    for (int i = 0; i < stored.length; i++) {
      stored[i] = i;
      swapped[(i + stored.length / 2) % stored.length] = i;
    }
  }

  /** Returns a file with a tensor "a", its halves swapped as "b", and one of odd length, "odd". */
  private TensorFile file(DType dtype) {
    Path path = folder.resolve("a.safetensors");
    new SafetensorsWriter()
        .tensor("a", List.of((long) ROWS, (long) COLUMNS), stored, dtype)
        .tensor("odd", List.of(3L), new float[3], dtype)
        .tensor("scalar", List.of(), new float[1], dtype)
        .write(path);
    TensorFile file = TensorFile.open(path);
    TensorView view = TensorView.halvesSwapped(file, entry(file, "a"), "b");
    return file.with(List.of(view));
  }

  private static TensorEntry entry(TensorFile file, String name) {
    return file.find(name).orElseThrow();
  }

  @Test
  void halvesSwapped_readWhole_beginsWithTheSecondHalf() {
    for (DType dtype : List.of(DType.F32, DType.BF16)) {
      TensorFile file = file(dtype);
      try (TensorFile.Reader reader = file.reader()) {
        assertThat(reader.floats(entry(file, "b"))).isEqualTo(swapped);
        assertThat(reader.floats(entry(file, "b").reshaped(List.of(15L, 2L)))).isEqualTo(swapped);
        assertThat(reader.floats(entry(file, "a"))).isEqualTo(stored);
        assertThat(reader.bytes(entry(file, "b")).remaining())
            .isEqualTo(stored.length * dtype.bytes());
      }
    }
  }

  @Test
  void halvesSwapped_readInParts_givesEachPart() {
    TensorFile file = file(DType.F32);
    TensorEntry view = entry(file, "b");
    try (TensorFile.Reader reader = file.reader()) {
      for (int first = 0; first <= swapped.length; first++) {
        for (int count = 0; count <= swapped.length - first; count++) {
          float[] some = reader.floats(view, first, count);
          for (int i = 0; i < count; i++) {
            assertThat(some[i]).isEqualTo(swapped[first + i]);
          }
        }
      }
      for (int row = 0; row < ROWS; row++) {
        float[] rows = reader.floats(view.rows(row, ROWS - row));
        assertThat(rows[0]).isEqualTo(swapped[row * COLUMNS]);
        assertThat(rows[rows.length - 1]).isEqualTo(swapped[swapped.length - 1]);
      }
      ByteBuffer bytes = ByteBuffer.allocate(8 + 4 * swapped.length).position(4);
      reader.read(view, bytes.order(ByteOrder.LITTLE_ENDIAN));
      assertThat(bytes.position()).isEqualTo(4 + 4 * swapped.length);
      assertThat(bytes.limit()).isEqualTo(bytes.capacity());
      assertThat(bytes.getFloat(4)).isEqualTo(swapped[0]);
    }
  }

  @Test
  void halvesSwapped_ofATransposedMatrix_readsItsOrder() {
    TensorFile file = file(DType.F32);
    TensorFile turned = file.with(List.of(TensorView.transposed(file, entry(file, "a"), "turned")));
    TensorView rows = TensorView.rows(turned, entry(turned, "turned"), "even", 1, 4);
    TensorFile even = turned.with(List.of(rows));
    TensorFile both =
        even.with(List.of(TensorView.halvesSwapped(even, entry(even, "even"), "both")));
    try (TensorFile.Reader reader = both.reader()) {
      float[] values = reader.floats(entry(both, "both"));
      assertThat(values[0]).isEqualTo(3);
      assertThat(values[ROWS]).isEqualTo(4);
      assertThat(values[2 * ROWS]).isEqualTo(1);
      assertThat(values[4 * ROWS - 1]).isEqualTo(2 + (ROWS - 1) * COLUMNS);
    }
  }

  @Test
  void named_ofAView_keepsItsOrder() {
    TensorFile file = file(DType.F32);
    TensorFile renamed = file.with(List.of(TensorView.named(file, entry(file, "b"), "c")));
    try (TensorFile.Reader reader = renamed.reader()) {
      assertThat(reader.floats(entry(renamed, "c"))).isEqualTo(swapped);
    }
  }

  @Test
  void views_thatHaveNoHalvesOrNoOrder_areRefused() {
    TensorFile file = file(DType.F32);
    for (String name : List.of("odd", "scalar")) {
      assertThatThrownBy(() -> TensorView.halvesSwapped(file, entry(file, name), "c"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("does not have two halves");
    }
    TensorEntry view = entry(file, "b");
    assertThatThrownBy(() -> TensorView.halvesSwapped(file, view, "c"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> TensorView.rows(file, view, "c", 0, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> TensorView.transposed(file, view, "c"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("begins in the middle");
  }
}
