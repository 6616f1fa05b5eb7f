package dev.sdlora.tensors.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.List;

/** Several open files, read as if they were one. Closing it closes them. */
public final class JoinedChannel extends FileChannel {
  private final List<FileChannel> parts;
  private final long[] ends;
  private long position;

  /** Joins files that are open for reading. */
  public JoinedChannel(List<FileChannel> parts) throws IOException {
    this.parts = List.copyOf(parts);
    this.ends = new long[parts.size()];
    long end = 0;
    for (int i = 0; i < ends.length; i++) {
      end = Math.addExact(end, parts.get(i).size());
      ends[i] = end;
    }
  }

  @Override
  public int read(ByteBuffer target, long from) throws IOException {
    int part = 0;
    while (part < ends.length && from >= ends[part]) {
      part++;
    }
    if (part == ends.length) {
      return -1;
    }
    int limit = target.limit();
    try {
      int most = (int) Math.min(target.remaining(), ends[part] - from);
      target.limit(target.position() + most);
      return parts.get(part).read(target, part == 0 ? from : from - ends[part - 1]);
    } finally {
      target.limit(limit);
    }
  }

  @Override
  public synchronized int read(ByteBuffer target) throws IOException {
    int read = read(target, position);
    position += Math.max(0, read);
    return read;
  }

  @Override
  public synchronized long position() {
    return position;
  }

  @Override
  public synchronized FileChannel position(long other) {
    position = other;
    return this;
  }

  @Override
  public long size() {
    return ends[ends.length - 1];
  }

  @Override
  protected void implCloseChannel() throws IOException {
    closeAll(parts);
  }

  /** Closes all files, also if one cannot be closed. */
  public static void closeAll(List<FileChannel> files) throws IOException {
    IOException failure = null;
    for (FileChannel file : files) {
      try {
        file.close();
      } catch (IOException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  @Override
  public long read(ByteBuffer[] targets, int first, int count) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long transferTo(long from, long count, WritableByteChannel target) {
    throw new UnsupportedOperationException();
  }

  @Override
  public MappedByteBuffer map(MapMode mode, long from, long count) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileLock lock(long from, long count, boolean shared) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileLock tryLock(long from, long count, boolean shared) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int write(ByteBuffer source) {
    throw new NonWritableChannelException();
  }

  @Override
  public long write(ByteBuffer[] sources, int first, int count) {
    throw new NonWritableChannelException();
  }

  @Override
  public int write(ByteBuffer source, long to) {
    throw new NonWritableChannelException();
  }

  @Override
  public long transferFrom(ReadableByteChannel source, long to, long count) {
    throw new NonWritableChannelException();
  }

  @Override
  public FileChannel truncate(long length) {
    throw new NonWritableChannelException();
  }

  @Override
  public void force(boolean metadata) {
    // Nothing was written.
  }
}
