package dev.sdlora.tensors.file.pytorch;

import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.tensors.io.Cancellation;
import dev.sdlora.tensors.io.Channels;
import dev.sdlora.tensors.io.TensorFileErrors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The directory of a zip archive, ZIP64 included (APPNOTE 6.3.9). Java's own reader does not expose
 * the offsets of the files, which are all that is needed here.
 */
final class ZipDirectory {
  private static final int END_BYTES = 22;
  private static final int END = 0x06054b50;
  private static final int END64 = 0x06064b50;
  private static final int END64_BYTES = 56;
  private static final int LOCATOR64 = 0x07064b50;
  private static final int LOCATOR64_BYTES = 20;
  private static final int CENTRAL = 0x02014b50;
  private static final int CENTRAL_BYTES = 46;
  private static final int LOCAL = 0x04034b50;
  private static final int LOCAL_BYTES = 30;
  private static final int MAX_COMMENT = 0xffff;
  private static final long IN_EXTRA = 0xffff_ffffL;

  /** Room for about 80,000 files; a checkpoint with optimizer states has 6,000. */
  private static final int MAX_BYTES = 1 << 23;

  private final Path path;
  private final FileChannel channel;
  private final long fileSize;
  private final Map<String, Member> members = new LinkedHashMap<>();

  /**
   * A file in the archive.
   *
   * @param name its path in the archive
   * @param stored whether it is neither compressed nor encrypted
   * @param deflated whether it is compressed with deflate and not encrypted
   * @param packed its size in the archive, in bytes
   * @param size its uncompressed size in bytes
   * @param header the offset of its local header
   */
  record Member(
      String name, boolean stored, boolean deflated, long packed, long size, long header) {}

  private ZipDirectory(Path path, FileChannel channel, long fileSize) {
    this.path = path;
    this.channel = channel;
    this.fileSize = fileSize;
  }

  /**
   * Reads the directory.
   *
   * @throws TensorFileException if it is damaged
   */
  static ZipDirectory read(Path path, FileChannel channel, long fileSize) throws IOException {
    ZipDirectory directory = new ZipDirectory(path, channel, fileSize);
    directory.readCentral();
    return directory;
  }

  Map<String, Member> members() {
    return members;
  }

  Optional<Member> find(String name) {
    return Optional.ofNullable(members.get(name));
  }

  /** Returns the offset of a file's bytes, which only its local header determines. */
  long dataStart(Member member) throws IOException {
    ByteBuffer local = bytes(member.header(), LOCAL_BYTES);
    if (local.getInt(0) != LOCAL) {
      throw damaged("file '" + member.name() + "' has no header");
    }
    long start = member.header() + LOCAL_BYTES + unsigned(local, 26) + unsigned(local, 28);
    if (start > fileSize - member.packed()) {
      throw damaged("file '" + member.name() + "' extends past the end");
    }
    return start;
  }

  private void readCentral() throws IOException {
    int tail = (int) Math.min(fileSize, END_BYTES + MAX_COMMENT);
    long tailStart = fileSize - tail;
    ByteBuffer end = bytes(tailStart, tail);
    int at = tail - END_BYTES;
    while (at >= 0 && end.getInt(at) != END) {
      at--;
    }
    if (at < 0) {
      throw TensorFileErrors.error(
          path, "is a zip archive without the directory at its end; it was probably cut off");
    }
    long size = end.getInt(at + 12) & IN_EXTRA;
    long start = end.getInt(at + 16) & IN_EXTRA;
    long locator = tailStart + at - LOCATOR64_BYTES;
    if (locator >= 0 && bytes(locator, LOCATOR64_BYTES).getInt(0) == LOCATOR64) {
      ByteBuffer end64 = bytes(bytes(locator, LOCATOR64_BYTES).getLong(8), END64_BYTES);
      if (end64.getInt(0) != END64) {
        throw damaged("its ZIP64 directory is not at the expected offset");
      }
      size = end64.getLong(40);
      start = end64.getLong(48);
    }
    if (size < 0 || size > MAX_BYTES) {
      throw damaged("its directory takes " + Long.toUnsignedString(size) + " bytes");
    }
    ByteBuffer central = bytes(start, (int) size);
    while (central.remaining() >= CENTRAL_BYTES) {
      add(central);
      Cancellation.check();
    }
    refuseOverlaps(start);
  }

  /** Rejects files that share bytes, with which a small archive could become a large one. */
  private void refuseOverlaps(long listStart) {
    List<Member> inOrder =
        members.values().stream().sorted(Comparator.comparingLong(Member::header)).toList();
    for (int i = 0; i < inOrder.size(); i++) {
      Member member = inOrder.get(i);
      long end = i + 1 < inOrder.size() ? inOrder.get(i + 1).header() : listStart;
      // Subtracted, because the sum could overflow.
      if (member.packed() > end - member.header() - LOCAL_BYTES) {
        throw damaged("file '" + member.name() + "' overlaps the data after it");
      }
    }
  }

  private void add(ByteBuffer central) {
    int at = central.position();
    int nameLength = unsigned(central, at + 28);
    int extraLength = unsigned(central, at + 30);
    int next = at + CENTRAL_BYTES + nameLength + extraLength + unsigned(central, at + 32);
    if (central.getInt(at) != CENTRAL || next > central.limit()) {
      throw damaged("its directory has an invalid entry");
    }
    byte[] name = new byte[nameLength];
    central.get(at + CENTRAL_BYTES, name);
    ByteBuffer extra = extra64(central, at + CENTRAL_BYTES + nameLength, extraLength);
    long size = number(central.getInt(at + 24), extra);
    long packed = number(central.getInt(at + 20), extra);
    long header = number(central.getInt(at + 42), extra);
    boolean encrypted = (unsigned(central, at + 8) & 1) != 0;
    int method = unsigned(central, at + 10);
    if (size < 0 || packed < 0 || header < 0) {
      throw damaged("its directory has negative numbers");
    }
    Member member =
        new Member(
            new String(name, StandardCharsets.UTF_8),
            method == 0 && !encrypted && packed == size,
            method == 8 && !encrypted,
            packed,
            size,
            header);
    if (members.put(member.name(), member) != null) {
      throw damaged("file '" + member.name() + "' occurs twice");
    }
    central.position(next);
  }

  /** Returns the numbers that do not fit into 32 bits, in the order of their first appearance. */
  private static ByteBuffer extra64(ByteBuffer central, int start, int length) {
    int at = start;
    while (at + 4 <= start + length) {
      int fieldLength = Math.min(unsigned(central, at + 2), start + length - at - 4);
      if (unsigned(central, at) == 1) {
        return central.slice(at + 4, fieldLength).order(ByteOrder.LITTLE_ENDIAN);
      }
      at += 4 + fieldLength;
    }
    return ByteBuffer.allocate(0);
  }

  private long number(int narrow, ByteBuffer extra) {
    if ((narrow & IN_EXTRA) != IN_EXTRA) {
      return narrow & IN_EXTRA;
    }
    if (extra.remaining() < Long.BYTES) {
      throw damaged("its directory lacks a number");
    }
    return extra.getLong();
  }

  private ByteBuffer bytes(long position, int length) throws IOException {
    if (position < 0 || position > fileSize - length) {
      throw damaged("it refers to an offset past its end; it was probably cut off");
    }
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    Channels.readFully(channel, bytes, position);
    return bytes.flip().order(ByteOrder.LITTLE_ENDIAN);
  }

  private static int unsigned(ByteBuffer bytes, int at) {
    return bytes.getShort(at) & 0xffff;
  }

  private TensorFileException damaged(String what) {
    return TensorFileErrors.error(path, "is a damaged zip archive: " + what);
  }
}
