package dev.sdlora.tensors.natives;

import ai.djl.util.ClassLoaderUtils;
import ai.djl.util.Platform;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * A native library on the class path, and the file to which it is unpacked.
 *
 * @param fileName its name in the folder
 * @param source its URL on the class path
 * @param size its size in bytes
 * @param crc its CRC-32, as recorded in the jar
 */
record Library(String fileName, URL source, long size, long crc) {
  private static final int CHUNK = 1 << 20;

  /**
   * Returns the libraries of libtorch for a platform, and DJL's own, with the file names that DJL
   * uses.
   */
  static List<Library> of(Platform platform) {
    List<Library> libraries = new ArrayList<>();
    String inJar = "pytorch/" + platform.getFlavor() + '/' + platform.getClassifier() + '/';
    for (String name : platform.getLibraries()) {
      libraries.add(read(name, inJar + name));
    }
    String bridge = System.mapLibraryName("djl_torch");
    libraries.add(
        read(
            platform.getApiVersion() + '-' + bridge,
            "jnilib/" + platform.getClassifier() + '/' + platform.getFlavor() + '/' + bridge));
    return libraries;
  }

  private static Library read(String fileName, String resource) {
    try {
      URL source = ClassLoaderUtils.getResource(resource);
      if (source == null) {
        throw new IllegalStateException(
            "the class path has no "
                + resource
                + "; the versions of ai.djl.pytorch:pytorch-jni and pytorch-native do not match, or"
                + " one of them is missing");
      }
      return read(fileName, source);
    } catch (IOException e) {
      throw new IllegalStateException("the class path's " + resource + " cannot be read: " + e, e);
    }
  }

  /**
   * Returns a library with the size and checksum recorded in its jar; computes them for a library
   * outside a jar.
   */
  static Library read(String fileName, URL source) throws IOException {
    URLConnection connection = source.openConnection();
    connection.setUseCaches(false);
    if (connection instanceof JarURLConnection jar) {
      try (ZipFile archive = jar.getJarFile()) {
        ZipEntry entry = archive.getEntry(jar.getEntryName());
        if (entry != null && entry.getSize() >= 0 && entry.getCrc() >= 0) {
          return new Library(fileName, source, entry.getSize(), entry.getCrc());
        }
      }
    }
    CRC32 crc = new CRC32();
    try (InputStream in = new CheckedInputStream(source.openStream(), crc)) {
      return new Library(
          fileName, source, in.transferTo(OutputStream.nullOutputStream()), crc.getValue());
    }
  }

  /** Whether a file has the size and checksum of this library. */
  boolean isIn(Path file) throws IOException {
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || Files.size(file) != size) {
      return false;
    }
    CRC32 actual = new CRC32();
    ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK);
    try (FileChannel channel = FileChannel.open(file)) {
      while (channel.read(chunk.clear()) >= 0) {
        actual.update(chunk.flip());
      }
    }
    return actual.getValue() == crc;
  }

  /** Copies this library to a file, replacing an existing one. */
  void copyTo(Path file) throws IOException {
    CRC32 actual = new CRC32();
    URLConnection connection = source.openConnection();
    connection.setUseCaches(false);
    try (InputStream in = new CheckedInputStream(connection.getInputStream(), actual);
        OutputStream out = Ownership.newOwnFile(file)) {
      in.transferTo(out);
    }
    if (Files.size(file) != size || actual.getValue() != crc) {
      throw new IOException(source + " is damaged: its checksum differs from the one in its jar");
    }
  }
}
