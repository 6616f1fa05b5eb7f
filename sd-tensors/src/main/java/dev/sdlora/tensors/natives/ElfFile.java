package dev.sdlora.tensors.natives;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A shared library of Linux (ELF, 64 bits, little-endian): its processor, and the symbols that it
 * defines and needs. Reads only the parts that a question takes, so that libraries of gigabytes are
 * as quick as small ones.
 */
final class ElfFile implements AutoCloseable {
  private static final int X86_64 = 62;
  private static final int AARCH64 = 183;
  private static final int LOADED = 1;
  private static final int DYNAMIC = 2;
  private static final int STRINGS = 5;
  private static final int SYMBOLS = 6;
  private static final int HASHES = 0x6ffffef5;
  private static final int SYMBOL_BYTES = 24;
  private static final int LONGEST_NAME = 1 << 14;
  private static final int MOST = 1 << 22;

  /** A part of the file that is loaded to an address. */
  private record Segment(long address, long offset, long bytes) {}

  private final FileChannel channel;
  private final long size;
  private final int machine;
  private final long end;
  private final List<Segment> segments = new ArrayList<>();

  /** Addresses of tables by the tags of the dynamic section. */
  private final Map<Long, Long> tables = new HashMap<>();

  private ElfFile(FileChannel channel) throws IOException {
    this.channel = channel;
    this.size = channel.size();
    ByteBuffer header = size < 64 ? ByteBuffer.allocate(64) : bytes(0, 64);
    if (header.getInt(0) != 0x464c457f || header.get(4) != 2 || header.get(5) != 1) {
      throw new NotElfException();
    }
    machine = Short.toUnsignedInt(header.getShort(18));
    long programs = header.getLong(32);
    int each = Short.toUnsignedInt(header.getShort(54));
    int count = Short.toUnsignedInt(header.getShort(56));
    long sections =
        header.getLong(40)
            + (long) Short.toUnsignedInt(header.getShort(58))
                * Short.toUnsignedInt(header.getShort(60));
    long last = Math.max(sections, programs + (long) each * count);
    if (programs + (long) each * count > size) {
      end = last;
      return;
    }
    long dynamic = 0;
    long dynamicBytes = 0;
    for (int i = 0; i < count; i++) {
      ByteBuffer program = bytes(programs + (long) each * i, 56);
      long offset = program.getLong(8);
      long bytes = program.getLong(32);
      if (program.getInt(0) == LOADED) {
        segments.add(new Segment(program.getLong(16), offset, bytes));
        last = Math.max(last, offset + bytes);
      } else if (program.getInt(0) == DYNAMIC) {
        dynamic = offset;
        dynamicBytes = Math.min(bytes, MOST);
      }
    }
    end = last;
    if (!isCutOff()) {
      ByteBuffer entries = bytes(dynamic, (int) dynamicBytes);
      while (entries.remaining() >= 16) {
        tables.put(entries.getLong(), entries.getLong());
      }
    }
  }

  /** The file is no 64-bit ELF file. */
  static final class NotElfException extends IOException {
    private static final long serialVersionUID = 1;

    NotElfException() {
      super("not a shared library of 64-bit Linux");
    }
  }

  /**
   * Opens a library.
   *
   * @throws NotElfException if it is something else
   */
  static ElfFile open(Path path) throws IOException {
    FileChannel channel = FileChannel.open(path);
    try {
      return new ElfFile(channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** Returns the processor as DJL names it, {@code x86_64} or {@code aarch64}; others by number. */
  String processor() {
    return switch (machine) {
      case X86_64 -> "x86_64";
      case AARCH64 -> "aarch64";
      default -> "processor " + machine;
    };
  }

  /** Whether the file ends before what its headers list. */
  boolean isCutOff() {
    return end > size || end < 0;
  }

  /** Returns the size that the headers imply, in bytes. */
  long expectedBytes() {
    return end;
  }

  /** Returns the names of symbols that other libraries must define; weak ones are optional. */
  List<String> undefined() throws IOException {
    int first = bytes(offset(HASHES), 16).getInt(4);
    List<String> names = new ArrayList<>();
    for (int i = 1; i < Math.min(first, MOST); i++) {
      ByteBuffer symbol = symbol(i);
      boolean weak = (symbol.get(4) & 0xf0) == 0x20;
      if (symbol.getShort(6) == 0 && !weak) {
        names.add(name(symbol));
      }
    }
    return names;
  }

  /** Whether the library defines a symbol, by the table in which the loader would look it up. */
  boolean defines(String name) throws IOException {
    long table = offset(HASHES);
    ByteBuffer header = bytes(table, 16);
    long buckets = Integer.toUnsignedLong(header.getInt(0));
    long first = Integer.toUnsignedLong(header.getInt(4));
    long blooms = Integer.toUnsignedLong(header.getInt(8));
    if (buckets == 0) {
      return false;
    }
    int hash = hash(name);
    long bucketsAt = table + 16 + 8 * blooms;
    long at = bucketsAt + 4 * (Integer.toUnsignedLong(hash) % buckets);
    long index = Integer.toUnsignedLong(bytes(at, 4).getInt(0));
    if (index < first) {
      return false;
    }
    long chains = bucketsAt + 4 * buckets;
    for (int steps = 0; steps < MOST; steps++, index++) {
      int chained = bytes(chains + 4 * (index - first), 4).getInt(0);
      if ((chained | 1) == (hash | 1)) {
        ByteBuffer symbol = symbol(index);
        if (symbol.getShort(6) != 0 && name(symbol).equals(name)) {
          return true;
        }
      }
      if ((chained & 1) != 0) {
        return false;
      }
    }
    return false;
  }

  private static int hash(String name) {
    int hash = 5381;
    for (byte c : name.getBytes(StandardCharsets.US_ASCII)) {
      hash = hash * 33 + c;
    }
    return hash;
  }

  private ByteBuffer symbol(long index) throws IOException {
    return bytes(offset(SYMBOLS) + SYMBOL_BYTES * index, SYMBOL_BYTES);
  }

  private String name(ByteBuffer symbol) throws IOException {
    long at = offset(STRINGS) + Integer.toUnsignedLong(symbol.getInt(0));
    int length = 0;
    ByteBuffer text = bytes(at, (int) Math.min(256, size - at));
    while (true) {
      while (length < text.limit()) {
        if (text.get(length) == 0) {
          return StandardCharsets.US_ASCII.decode(text.slice(0, length)).toString();
        }
        length++;
      }
      if (text.limit() >= Math.min(LONGEST_NAME, size - at)) {
        throw new IOException("a symbol's name does not end");
      }
      text = bytes(at, (int) Math.min(LONGEST_NAME, size - at));
    }
  }

  /** Returns the place of a table in the file. */
  private long offset(long tag) throws IOException {
    Long address = tables.get(tag);
    if (address != null) {
      for (Segment segment : segments) {
        long inside = address - segment.address();
        if (inside >= 0 && inside < segment.bytes()) {
          return segment.offset() + inside;
        }
      }
    }
    throw new IOException("it has no table of symbols");
  }

  private ByteBuffer bytes(long at, int count) throws IOException {
    if (at < 0 || at + count > size) {
      throw new EOFException("a table lies outside the file");
    }
    ByteBuffer buffer = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, at + buffer.position()) < 0) {
        throw new EOFException("the file ends too soon");
      }
    }
    return buffer.flip();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
