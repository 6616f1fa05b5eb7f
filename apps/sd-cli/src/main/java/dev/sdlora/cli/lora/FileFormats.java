package dev.sdlora.cli.lora;

import dev.sdlora.api.make.FileFormat;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Parses formats of weights by their labels. */
public final class FileFormats implements ITypeConverter<FileFormat> {
  @Override
  public FileFormat convert(String text) {
    try {
      return FileFormat.parse(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}
