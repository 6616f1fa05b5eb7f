package dev.sdlora.tensors.pickle;

/**
 * A reference from a pickle to a sequence of numbers stored elsewhere in the file.
 *
 * @param type PyTorch's name of the storage type, such as {@code HalfStorage}; for dtypes without a
 *     storage type the dtype, such as {@code float8_e4m3fn}
 * @param key its name, unique in the file
 * @param elements the number of elements
 */
public record StorageRef(String type, String key, long elements) {}
