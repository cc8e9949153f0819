/** For what a test never calls. */
export const unneeded = async (): Promise<never> => Promise.reject(new Error('not needed'));
