package dev.sdlora.tensors.pickle;

/**
 * A row of numbers that a pickle refers to and that lies elsewhere in the file.
 *
 * @param type what PyTorch calls the number format, such as {@code HalfStorage}; of formats that
 *     have no type of storage, such as {@code float8_e4m3fn}
 * @param key its name, unique in the file
 * @param elements how many numbers it holds
 */
public record StorageRef(String type, String key, long elements) {}
