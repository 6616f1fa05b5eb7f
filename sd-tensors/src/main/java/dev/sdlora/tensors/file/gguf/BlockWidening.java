package dev.sdlora.tensors.file.gguf;

import dev.sdlora.tensors.entry.StoredBytes;
import dev.sdlora.tensors.entry.StoredValues;
import dev.sdlora.tensors.entry.Widening;
import dev.sdlora.tensors.number.BlockType;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Computes the elements of a tensor that a GGUF file stores in blocks.
 *
 * @param type the format of the blocks
 * @param offset the offset of the first block from the start of the file
 */
record BlockWidening(BlockType type, long offset) implements Widening {
  @Override
  public int unit() {
    return type.elements();
  }

  @Override
  public Optional<StoredBytes.Piece> stored(long first, long elements) {
    int unit = type.elements();
    return first % unit == 0 && elements % unit == 0
        ? Optional.of(new StoredBytes.Piece(offset + first / unit * type.bytes(), first, elements))
        : Optional.empty();
  }

  @Override
  public Optional<StoredBytes> stored(List<StoredBytes.Piece> pieces) {
    return Optional.of(
        new StoredBytes(type.name(), type.elements(), type.bytes(), pieces, Optional.empty()));
  }

  @Override
  public void read(StoredValues stored, long first, float[] values) throws IOException {
    int blocks = values.length / type.elements();
    long from = offset + first / type.elements() * type.bytes();
    type.decode(stored.bytes(from, blocks * type.bytes()), blocks, values);
  }
}
